#include "oracle/support/shared_folder.h"

#include <fstream>
#include <stdexcept>

#include <gtest/gtest.h>

namespace ionloom::oracle {
namespace {

class SharedFolder : public testing::Test {
 protected:
  void SetUp() override {
    scratch_ = testing::TempDir();
    scratch_ /= testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(scratch_);
    std::filesystem::create_directories(scratch_ / "full/oracle");
    std::filesystem::create_directories(scratch_ / "empty");
    std::ofstream(scratch_ / "full/oracle/table.csv") << "a\n";
  }
  void TearDown() override { std::filesystem::remove_all(scratch_); }

  std::filesystem::path scratch_;
};

TEST_F(SharedFolder, lies_beside_the_repository) {
  EXPECT_EQ(shared_path_in({}, scratch_ / "full", "oracle/table.csv"),
            scratch_ / "full/oracle/table.csv");
}

TEST_F(SharedFolder, that_the_user_names_comes_first) {
  EXPECT_EQ(shared_path_in(scratch_ / "full", scratch_ / "empty", "oracle/table.csv"),
            scratch_ / "full/oracle/table.csv");
}

TEST_F(SharedFolder, that_is_absent_or_of_another_project_gives_nothing) {
  EXPECT_EQ(shared_path_in({}, scratch_ / "nowhere", "oracle/table.csv"), std::nullopt);
  EXPECT_EQ(shared_path_in({}, scratch_ / "empty", "oracle/table.csv"), std::nullopt);
}

TEST_F(SharedFolder, named_wrongly_is_a_mistake_and_not_a_reason_to_skip) {
  EXPECT_THROW((void)shared_path_in(scratch_ / "empty", scratch_ / "full", "oracle/table.csv"),
               std::runtime_error);
}

TEST_F(SharedFolder, without_the_file_asked_for_is_a_mistake_and_not_a_reason_to_skip) {
  EXPECT_THROW((void)shared_path_in({}, scratch_ / "full", "oracle/tabel.csv"), std::runtime_error);
}

}  // namespace
}  // namespace ionloom::oracle
