// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "top/browser.hpp"
#include "top_views.hpp"

namespace {

using namespace headway;
using namespace headway::tools;
using namespace std::chrono_literals;

constexpr std::size_t page = 3;

/// A model of one service and a browser on it, with keys to press.
class TopBrowser : public testing::Test {
 protected:
  TopBrowser() { services_.front().sessions.reserve(100); }

  SessionView& add(std::string name) {
    const auto id = services_.front().sessions.size() + 1;
    return services_.front().sessions.emplace_back(
        session_of(id, std::move(name), std::chrono::seconds(id)));
  }
  void look(std::chrono::milliseconds after = 200s) {
    tools::look(model_, services_, after);
    browser_.refresh(model_);
  }
  void press(KeyCode code, unsigned number = 0) { press(Key{code, {}, number}); }
  void press(std::string_view text) {
    for (const char c : text) press(Key{KeyCode::text, std::string(1, c), 0});
  }
  void press(const Key& key) {
    browser_.press(key, page);
    browser_.refresh(model_);
  }
  [[nodiscard]] std::string names() const {
    std::string names;
    for (const SessionRow& row : browser_.rows()) {
      names.append(names.empty() ? "" : " ").append(row.info().name);
    }
    return names;
  }
  [[nodiscard]] std::string selected() const {
    return browser_.rows().at(browser_.selected()).info().name;
  }

  std::vector<ServiceView> services_ = {service_of("photos", 1)};
  Model model_;
  Browser browser_;
};

TEST_F(TopBrowser, TheOldestIsFirstUnlessInverted) {
  add("b");
  add("a");
  add("c");
  look();
  EXPECT_EQ(names(), "b a c");
  press("I");
  EXPECT_EQ(names(), "c a b");
}

TEST_F(TopBrowser, SortsByEachColumnWithTheMostTellingEndFirst) {
  applied(add("slow"), 10, 100);
  applied(add("fast"), 0, 1000);
  applied(add("near"), 90, 100);
  look(100s);
  applied(services_[0].sessions[0], 11, 100);    // 1/s, 11 %, 89 s left
  applied(services_[0].sessions[1], 100, 1000);  // 100/s, 10 %, 9 s left
  applied(services_[0].sessions[2], 92, 100);    // 2/s, 92 %, 4 s left
  look(101s);
  press(">>");
  EXPECT_EQ(browser_.order().by, SortBy::session);
  EXPECT_EQ(names(), "fast near slow");
  press(">");
  EXPECT_EQ(browser_.order().by, SortBy::progress);
  EXPECT_EQ(names(), "near slow fast");
  press(">");
  EXPECT_EQ(browser_.order().by, SortBy::rate);
  EXPECT_EQ(names(), "fast near slow");
  press(">");
  EXPECT_EQ(browser_.order().by, SortBy::eta);
  EXPECT_EQ(names(), "near fast slow");
  press("I");
  EXPECT_EQ(names(), "slow fast near");
  press(">");
  EXPECT_EQ(browser_.order().by, SortBy::age);
  press("<");
  EXPECT_EQ(browser_.order().by, SortBy::eta);
}

TEST_F(TopBrowser, ClosedOnesAndThoseWithoutAValueComeLastEitherWay) {
  add("silent");
  close(applied(add("done"), 10, 10), Outcome::completed);
  applied(add("half"), 5, 10);
  look();
  press(">>>");
  EXPECT_EQ(names(), "half silent done");
  press("I");
  EXPECT_EQ(names(), "half silent done");
}

TEST_F(TopBrowser, EqualOnesKeepTheirOrder) {
  for (const char* name : {"a", "b", "c", "d"}) applied(add(name), 5, 10);
  look();
  press(">>>");
  EXPECT_EQ(names(), "a b c d");
  press("I");
  EXPECT_EQ(names(), "a b c d");
}

TEST_F(TopBrowser, TheSortPromptIsTakenByEnterAndLeftByEscape) {
  add("a");
  look();
  press(KeyCode::function, 6);
  EXPECT_EQ(browser_.prompt(), Prompt::sort);
  press(KeyCode::right);
  press(KeyCode::right);
  EXPECT_EQ(browser_.order().by, SortBy::session) << "it shows at once";
  press(KeyCode::escape);
  EXPECT_EQ(browser_.prompt(), Prompt::none);
  EXPECT_EQ(browser_.order().by, SortBy::age);
  press(KeyCode::function, 6);
  press(KeyCode::left);
  press(KeyCode::enter);
  EXPECT_EQ(browser_.prompt(), Prompt::none);
  EXPECT_EQ(browser_.order().by, SortBy::eta);
}

TEST_F(TopBrowser, TheFilterLooksAtNamesNotesDetailsAndServices) {
  add("Mail");
  add("b").info.note = "mail.tar";
  close(add("c"), Outcome::failed, "no mail");
  add("d");
  look();
  press("/mai");
  EXPECT_EQ(browser_.prompt(), Prompt::filter);
  EXPECT_EQ(names(), "Mail b c");
  press("lq");
  EXPECT_EQ(names(), "") << "letters are text here";
  press(KeyCode::backspace);
  press(KeyCode::enter);
  EXPECT_EQ(names(), "Mail b c");
  EXPECT_EQ(browser_.filter(), "mail");
  press(KeyCode::escape);
  EXPECT_EQ(names(), "Mail b d c");
  press(KeyCode::function, 4);
  press("photos");
  EXPECT_EQ(names(), "Mail b d c");
  press(KeyCode::escape);
  EXPECT_EQ(browser_.filter(), "");
  EXPECT_FALSE(browser_.quit());
}

TEST_F(TopBrowser, BackspaceTakesAWholeCharacter) {
  look();
  press("/a");
  press(Key{KeyCode::text, "日", 0});
  press(KeyCode::backspace);
  EXPECT_EQ(browser_.filter(), "a");
  press(KeyCode::backspace);
  press(KeyCode::backspace);
  EXPECT_EQ(browser_.filter(), "");
}

TEST_F(TopBrowser, TheSelectionStaysWithItsSession) {
  for (const char* name : {"c", "b", "a"}) add(name);
  look();
  press(KeyCode::down);
  EXPECT_EQ(selected(), "b");
  press("I");
  EXPECT_EQ(selected(), "b");
  press(">>");
  EXPECT_EQ(names(), "c b a");
  add("0");
  look();
  EXPECT_EQ(selected(), "b");
}

TEST_F(TopBrowser, WhenTheSelectedOneGoesItsNeighbourIsSelected) {
  for (const char* name : {"a", "b", "c"}) add(name);
  look();
  press(KeyCode::down);
  services_[0].sessions.erase(services_[0].sessions.begin() + 1);
  look();
  EXPECT_EQ(selected(), "c");
  services_[0].sessions.pop_back();
  look();
  EXPECT_EQ(selected(), "a");
  services_.clear();
  look();
  EXPECT_TRUE(browser_.rows().empty());
  press(KeyCode::down);
  press(KeyCode::enter);
  EXPECT_EQ(browser_.screen(), Screen::list);
}

TEST_F(TopBrowser, KeysMoveTheSelectionAndItStaysOnThePage) {
  for (char name = 'a'; name <= 'j'; ++name) add(std::string(1, name));
  look();
  const auto at = [&](KeyCode code) {
    press(code);
    const std::size_t first = browser_.first_shown(page);
    EXPECT_GE(browser_.selected(), first);
    EXPECT_LT(browser_.selected(), first + page);
    return selected();
  };
  EXPECT_EQ(at(KeyCode::up), "a");
  EXPECT_EQ(at(KeyCode::down), "b");
  EXPECT_EQ(at(KeyCode::page_down), "e");
  EXPECT_EQ(at(KeyCode::end), "j");
  EXPECT_EQ(at(KeyCode::down), "j");
  EXPECT_EQ(browser_.first_shown(page), 7U);
  EXPECT_EQ(at(KeyCode::page_up), "g");
  EXPECT_EQ(at(KeyCode::home), "a");
}

TEST_F(TopBrowser, ALargerPageLeavesNoRoomUnused) {
  for (char name = 'a'; name <= 'j'; ++name) add(std::string(1, name));
  look();
  press(KeyCode::end);
  EXPECT_EQ(browser_.first_shown(3), 7U);
  EXPECT_EQ(browser_.first_shown(8), 2U);
  EXPECT_EQ(browser_.first_shown(50), 0U);
}

TEST_F(TopBrowser, DetailsAreOfTheSelectedOneAsLongAsItIsThere) {
  add("a");
  add("b");
  look();
  press(KeyCode::down);
  press(KeyCode::enter);
  EXPECT_EQ(browser_.screen(), Screen::details);
  press(KeyCode::up);
  EXPECT_EQ(selected(), "a");
  press("q");
  EXPECT_EQ(browser_.screen(), Screen::list);
  EXPECT_FALSE(browser_.quit());
  press(KeyCode::enter);
  services_[0].sessions.erase(services_[0].sessions.begin());
  look();
  EXPECT_EQ(browser_.screen(), Screen::list);
}

TEST_F(TopBrowser, ClosedOnesCanBeHidden) {
  add("a");
  close(add("b"), Outcome::completed);
  look();
  press("c");
  EXPECT_EQ(names(), "a");
  press("c");
  EXPECT_EQ(names(), "a b");
}

TEST_F(TopBrowser, PausesAndGoesOn) {
  for (const char* key : {" ", "p", "Z"}) {
    press(key);
    EXPECT_TRUE(browser_.paused());
    press(key);
    EXPECT_FALSE(browser_.paused());
  }
}

TEST_F(TopBrowser, HelpIsLeftByAnyKeyAndQuitsByNone) {
  look();
  press("?");
  EXPECT_EQ(browser_.screen(), Screen::help);
  press("q");
  EXPECT_EQ(browser_.screen(), Screen::list);
  EXPECT_FALSE(browser_.quit());
  press(KeyCode::function, 1);
  EXPECT_EQ(browser_.screen(), Screen::help);
  press(KeyCode::escape);
  press("h");
  EXPECT_EQ(browser_.screen(), Screen::help);
}

TEST_F(TopBrowser, QuitsByQAndF10) {
  press("q");
  EXPECT_TRUE(browser_.quit());
  Browser other;
  other.press(Key{KeyCode::function, {}, 10}, page);
  EXPECT_TRUE(other.quit());
}

}  // namespace
