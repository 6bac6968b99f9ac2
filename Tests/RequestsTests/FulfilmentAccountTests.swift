import Kernel
import Operations
import Testing

@testable import Requests

/// How a request was fulfilled, as an article about it begins.
@Suite struct FulfilmentAccountTests {
  private func task(_ names: Value, _ state: TaskState, _ result: String?) -> RequestTask {
    var task = RequestTask(publicId: [1], seq: 1, step: 1, names: names, team: nil)
    task.state = state
    task.result = result
    return task
  }

  private func field(_ key: String, _ type: String, _ label: Value? = nil, choices: Value? = nil) -> Value {
    .object(
      [Value.Member("key", .text(key)), Value.Member("type", .text(type)), Value.Member("label", label ?? .object(["en": .text(key)]))]
        + (choices.map { [Value.Member("choices", $0)] } ?? []))
  }

  private func body(_ form: [Value], _ answers: Value, _ tasks: [RequestTask] = []) -> LocalText {
    let content = Value.object(["name": .object(["en": "Laptop"]), "form": .array(form)])
    return FulfilmentAccount(code: "LAPTOP", content: content, answers: answers, tasks: tasks).body
  }

  /// What tells nobody how it is done is left out: for whom it was, and yes or no.
  @Test func answersAreToldAsTheFormCallsThem() {
    let choices: Value = .array([.object(["value": "s", "name": .object(["en": "Small"])]), .object(["value": "l", "name": .object(["en": "Large"])])])
    let form = [
      field("why", "lines"), field("size", "choice", choices: choices), field("count", "number"), field("day", "date"), field("spare", "boolean"),
      field("who", "person"), field("unasked", "text"),
    ]
    let answers = Value.object([
      "why": "Broken\nagain", "size": "l", "count": 3, "day": "2026-03-02", "spare": .bool(true), "who": "per_1",
    ])
    #expect(body(form, answers).english == "- why: Broken\nagain\n- size: Large\n- count: 3\n- day: 2026-03-02")
    #expect(body([field("size", "choice", choices: choices)], .object(["size": "gone"])).english == "- size: gone")
  }

  /// Guard: what was skipped or stopped was not done, and would be told as if it were the way to do it.
  @Test func onlyWhatWasDoneIsTold() {
    let tasks = [
      task(.object(["en": "Order"]), .done, "From the shelf"), task(.object(["en": "Engrave"]), .skipped, "Too late"),
      task(.object(["en": "Deliver"]), .done, nil), task(.object(["en": "Test"]), .cancelled, nil),
    ]
    #expect(body([], .object([]), tasks).english == "- Order: From the shelf\n- Deliver")
    #expect(body([field("a", "text")], .object(["a": "b"]), tasks).english == "- a: b\n\n---\n\n- Order: From the shelf\n- Deliver")
    #expect(body([], .object([])).english == "Laptop", "there is always a text")
  }

  /// A text is there in the languages of the title, and in no other; what has no word in one is told by that of the other.
  @Test func itIsToldInTheLanguagesOfItsTitle() {
    let tasks = [task(.object(["en": "Order", "zh-Hans": "订购"]), .done, "ok"), task(.object(["zh-Hans": "交付"]), .done, nil)]
    func account(_ name: Value) -> FulfilmentAccount {
      FulfilmentAccount(code: "LAPTOP", content: .object(["name": name]), answers: .object([]), tasks: tasks)
    }
    let both = account(.object(["en": "Laptop", "zh-Hans": "笔记本电脑"]))
    #expect(both.title == LocalText(english: "Laptop", chinese: "笔记本电脑"))
    #expect(both.body == LocalText(english: "- Order: ok\n- 交付", chinese: "- 订购: ok\n- 交付"))
    #expect(account(.object(["zh-Hans": "笔记本电脑"])).body == LocalText(chinese: "- 订购: ok\n- 交付"))
    #expect(account(.null).title == LocalText(english: "LAPTOP"))
  }

  /// An article takes no more than 20,000 characters.
  @Test func itFitsAnArticle() {
    let long = String(repeating: "文", count: 20_000)
    let text = body([field("a", "lines")], .object(["a": .text(long)]), [task(.object(["en": "b"]), .done, long)]).english ?? ""
    #expect(text.unicodeScalars.count == 2 * 9000 + 7)
  }
}
