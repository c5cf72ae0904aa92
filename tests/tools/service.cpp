// SPDX-License-Identifier: MIT
//
// A service for tests: a bus that shows its board, and does what its standard input says, line by line. It answers
// each line once the board has what followed: "ok", with the new session's number after `open`, or "error: " and why.
//
//   open UNIT NAME                        items or bytes, for all stages
//   many COUNT                            opens "session 1" to "session COUNT", each with as many of COUNT items done
//   report SESSION ROLE STAGE DONE TOTAL  "report 1 destination change_application 5 10"
//   note SESSION TEXT
//   cancel SESSION
//   close SESSION OUTCOME [DETAIL]
//   stop                                  the bus
//   quit                                  also the end of the input
//
// NAME, TEXT and DETAIL go on to the end of the line; \n in them is a line feed.
#include <array>
#include <charconv>
#include <chrono>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <headway/headway.hpp>

namespace {

using namespace headway;
using namespace std::chrono_literals;

/// Takes the next word off the line.
std::string_view word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view first = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return first;
}

std::uint64_t number(std::string_view& line) {
  const std::string_view digits = word(line);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size())
    throw std::invalid_argument("'" + std::string(digits) + "' is no number");
  return value;
}

template <class Enum, std::size_t size>
Enum one_of(const std::array<Enum, size>& choices, std::string_view& line) {
  const std::string_view name = word(line);
  for (const Enum choice : choices)
    if (to_string(choice) == name) return choice;
  throw std::invalid_argument("'" + std::string(name) + "' is none of them");
}

std::string text(std::string_view line) {
  std::string result(line);
  for (std::size_t at = 0; (at = result.find("\\n", at)) != std::string::npos; ++at)
    result.replace(at, 2, "\n");
  return result;
}

struct Work {
  Session session;
  Reporter reporter;
};

class Service {
 public:
  explicit Service(const char* name) : bus_({.board = BoardUse::shown, .board_name = name}) {}

  /// What follows "ok".
  std::string obey(std::string_view line) {
    const std::string_view command = word(line);
    std::string answer;
    if (command == "open") {
      const Unit unit = one_of(std::array{Unit::items, Unit::bytes}, line);
      answer = " " + std::to_string(open(unit, text(line)));
    } else if (command == "many") {
      many(number(line));
    } else if (command == "report") {
      report(line);
    } else if (command == "note") {
      Work& work = named(line);
      work.session.note(text(line));
    } else if (command == "cancel") {
      named(line).session.cancel();
    } else if (command == "close") {
      close(line);
    } else if (command == "stop") {
      bus_.stop(10s);
    } else {
      throw std::invalid_argument("there is no command '" + std::string(command) + "'");
    }
    bus_.flush(10s);
    return answer;
  }

 private:
  std::uint64_t open(Unit unit, std::string name) {
    Work work{bus_.open_session(std::move(name), {.units = {unit, unit, unit}}), {}};
    work.reporter = work.session.reporter();
    const std::uint64_t id = work.session.id().value();
    work_.emplace(id, std::move(work));
    return id;
  }

  void many(std::uint64_t count) {
    for (std::uint64_t i = 1; i <= count; ++i) {
      const std::uint64_t id = open(Unit::items, "session " + std::to_string(i));
      (void)work_.at(id).reporter.report(Role::destination, Stage::change_application, i, count);
    }
  }

  Work& named(std::string_view& line) { return work_.at(number(line)); }

  void report(std::string_view line) {
    Work& work = named(line);
    const Role role = one_of(std::array{Role::source, Role::destination}, line);
    const Stage stage = one_of(
        std::array{Stage::change_detection, Stage::change_enumeration, Stage::change_application},
        line);
    const std::uint64_t completed = number(line);
    const Status status = work.reporter.report(role, stage, completed, number(line));
    if (status != Status::ok) throw std::runtime_error(to_string(status));
  }

  void close(std::string_view line) {
    Work& work = named(line);
    const Outcome outcome = one_of(
        std::array{Outcome::completed, Outcome::failed, Outcome::canceled, Outcome::abandoned},
        line);
    work.session.close(outcome, text(line));
  }

  Bus bus_;
  std::map<std::uint64_t, Work> work_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "headway_test_service: give the name of the service\n";
    return 2;
  }
  try {
    Service service(argv[1]);
    std::cout << "ok" << std::endl;
    for (std::string line; std::getline(std::cin, line) && line != "quit";) {
      try {
        const std::string answer = service.obey(line);
        std::cout << "ok" << answer << std::endl;
      } catch (const std::exception& error) {
        std::cout << "error: " << error.what() << std::endl;
      }
    }
  } catch (const std::exception& error) {
    std::cerr << "headway_test_service: " << error.what() << "\n";
    return 1;
  }
}
