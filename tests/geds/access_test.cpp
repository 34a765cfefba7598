#include "geds/access.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "files/output_file.h"
#include "support/scratch_folder.h"

namespace ionloom::geds {
namespace {

TEST(Access, without_tokens_everybody_may_do_everything) {
  const AccessList open;
  EXPECT_FALSE(open.closed());
  EXPECT_TRUE(open.rights_of("").call);
  EXPECT_TRUE(open.rights_of("").see_secrets);
}

TEST(Access, a_token_gives_the_rights_that_stand_behind_it) {
  const test_support::ScratchFolder folder;
  const auto path = folder.path() / "tokens";
  ASSERT_TRUE(files::write_file(path, std::string_view("# ours\nreader\n\nadmin secrets\n")));
  const auto list = AccessList::read(path);
  ASSERT_TRUE(list) << list.error().message();
  EXPECT_TRUE(list->rights_of("Bearer reader").call);
  EXPECT_FALSE(list->rights_of("Bearer reader").see_secrets);
  EXPECT_TRUE(list->rights_of("Bearer admin").see_secrets);
  for (const char* wrong : {"", "Bearer ", "Bearer read", "Bearer readerx", "reader", "#"}) {
    EXPECT_FALSE(list->rights_of(wrong).call) << wrong;
  }
}

TEST(Access, a_file_without_tokens_or_with_an_unknown_right_is_refused) {
  const test_support::ScratchFolder folder;
  const auto path = folder.path() / "tokens";
  ASSERT_TRUE(files::write_file(path, std::string_view("# nothing\n")));
  EXPECT_FALSE(AccessList::read(path));
  ASSERT_TRUE(files::write_file(path, std::string_view("a\nb everything\n")));
  const auto refused = AccessList::read(path);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().where.find("tokens:2"), std::string::npos);
  EXPECT_FALSE(AccessList::read(folder.path() / "missing"));
}

}  // namespace
}  // namespace ionloom::geds
