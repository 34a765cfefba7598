#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>

#include "netns/relay.h"

// A bad link between two TCP addresses, for suites that are not C++:
//
//   relay LISTEN_ADDRESS LISTEN_PORT TO_ADDRESS TO_PORT
//
// Prints the port it listens on, then obeys one command a line from stdin, answering "ok" to each,
// until that ends: "delay MILLISECONDS", "rate BITS_PER_S", "loss SHARE", "cut", "mend", "reset".

namespace {

using ionloom::netns::Endpoint;
using ionloom::netns::LinkConditions;
using ionloom::netns::Relay;

bool obey(const std::string& line, Relay& relay, LinkConditions& conditions) {
  std::istringstream words(line);
  std::string command;
  double number = 0;
  words >> command;
  if (command == "cut") {
    relay.cut();
  } else if (command == "mend") {
    relay.mend();
  } else if (command == "reset") {
    relay.reset_connections();
  } else if (!(words >> number) || number < 0) {
    return false;
  } else if (command == "delay") {
    conditions.delay = std::chrono::microseconds(static_cast<std::int64_t>(number * 1000));
  } else if (command == "rate") {
    conditions.bits_per_s = static_cast<std::uint64_t>(number);
  } else if (command == "loss") {
    conditions.loss = number;
  } else {
    return false;
  }
  relay.set(conditions);
  return true;
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) {
    std::fputs("relay LISTEN_ADDRESS LISTEN_PORT TO_ADDRESS TO_PORT\n", stderr);
    return 2;
  }
  try {
    Relay relay({words[1], static_cast<std::uint16_t>(std::stoi(words[2]))},
                {words[3], static_cast<std::uint16_t>(std::stoi(words[4]))});
    std::cout << relay.port() << std::endl;
    LinkConditions conditions;
    for (std::string line; std::getline(std::cin, line);) {
      std::cout << (obey(line, relay, conditions) ? "ok" : "not a command") << std::endl;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "relay: %s\n", error.what());
    return 1;
  }
  return 0;
}
