// SPDX-License-Identifier: MIT
//
// `headway top` without its terminal: any bytes as keys, any texts and values in a board. Frames have as many lines as the
// screen, none too wide, and nothing in them that a terminal would obey but colours.
#include <chrono>
#include <string>
#include <vector>

#include "display/text.hpp"
#include "tests/fuzz/harmless.hpp"
#include "tests/fuzz/input.hpp"
#include "top/frame.hpp"
#include "top/json.hpp"
#include "top/plain.hpp"

namespace {

using namespace headway;
using namespace headway::tools;
using headway::fuzz::Input;

SessionView any_session(Input& input, std::uint64_t id) {
  SessionView session;
  session.info.id = SessionId(id);
  session.info.name = input.text();
  session.info.note = input.text();
  session.info.detail = input.text();
  session.opened_at = WallTime(std::chrono::nanoseconds(input.number<std::int64_t>()));
  for (LatestValue& value : session.info.values) {
    if (input.flag()) value = {input.number<std::uint64_t>(), input.number<std::uint64_t>(), 1};
  }
  session.info.units.fill(input.flag() ? Unit::bytes : Unit::items);
  if (input.flag()) session.info.outcome = static_cast<Outcome>(input.number<std::uint8_t>() % 4);
  if (input.flag()) session.closed_at = session.opened_at;
  return session;
}

std::vector<ServiceView> any_services(Input& input) {
  std::vector<ServiceView> services(input.number<std::uint8_t>() % 4);
  for (std::size_t i = 0; i < services.size(); ++i) {
    services[i].file = std::to_string(i);
    services[i].name = input.text();
    services[i].made_at = WallTime(std::chrono::nanoseconds(input.number<std::int64_t>()));
    services[i].statistics.fill(input.number<std::uint64_t>());
    const std::uint64_t sessions = input.number<std::uint8_t>() % 8;
    for (std::uint64_t id = 1; id <= sessions; ++id) {
      services[i].sessions.push_back(any_session(input, id));
    }
  }
  return services;
}

std::string without_colors(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = text.find('m', i);
      HOLDS(i != std::string::npos);
    } else {
      plain += text[i];
    }
  }
  return plain;
}

void check(const std::vector<Line>& lines, Size size, Looks looks) {
  HOLDS(lines.size() == size.rows);
  for (const Line& line : lines) {
    const std::string shown = looks.color ? without_colors(line.text) : line.text;
    HOLDS(headway::fuzz::is_harmless(shown, looks.unicode));
    HOLDS(line.columns <= size.columns && columns_of(shown) == line.columns);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const Looks looks{.unicode = input.flag(), .color = input.flag()};
  Model model({}, input.flag() ? RatesFrom::the_beginning : RatesFrom::first_look);
  Browser browser;
  Frame frame(looks);
  KeyDecoder decoder;
  const WallTime start{std::chrono::hours(24 * 365 * 50)};
  for (std::chrono::seconds after{0}; !input.empty() && after < std::chrono::seconds(20);
       after += std::chrono::seconds(3)) {
    const Moment moment{start + after, TimePoint(std::chrono::hours(1)) + after};
    const Size screen{1U + input.number<std::uint8_t>(), 1U + input.number<std::uint8_t>() % 50U};
    model.look(any_services(input), moment.wall, moment.now);
    browser.refresh(model);
    check(frame.lines(model, browser, {}, moment, screen), screen, looks);
    for (const Key& key : decoder.feed(input.text())) {
      browser.press(key, frame.page());
      browser.refresh(model);
    }
    check(frame.lines(model, browser, input.text(), moment, screen), screen, looks);
    const std::string plain = plain_text(model, browser, moment, looks.unicode, screen.columns);
    HOLDS(headway::fuzz::is_harmless(plain, looks.unicode, "\n"));
    const std::string json = json_text(model, {}, moment);
    HOLDS(headway::fuzz::is_harmless(json, true, "\n") && json.find('\n') == json.size() - 1);
  }
  return 0;
}
