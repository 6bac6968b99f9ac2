import HTTPTypes
import Kernel
import Operations
import TestSupport
import Testing

@testable import HTTPAPI

@Suite struct RequestTests {
  // MARK: Query

  @Test func aQueryIsDecodedAsAFormWritesIt() throws {
    let target = RequestTarget("/v1/x?a=1&b=%E4%BA%8B+%2B&c&d=a=b&&e=?")
    #expect(target.path == "/v1/x")
    let parameters = try target.parameters()
    #expect(parameters.map(\.name) == ["a", "b", "c", "d", "e"])
    #expect(parameters.map(\.text) == ["1", "事 +", "", "a=b", "?"])
    #expect(RequestTarget("/v1/x").query == nil)
  }

  @Test(arguments: [
    "a=1&a=2", "a=1&%61=1", "a=%", "a=%4", "a=%zz", "a=%ff", "a=%00", "=1", "a=%c0%80", "%=1", "a=%+1",
    (0...RequestTarget.mostParameters).map { "a\($0)=1" }.joined(separator: "&"),
  ])
  func aQueryThatCanBeReadInTwoWaysOrNotAtAllIsMalformed(query: String) {
    expectMalformed { _ = try RequestTarget("/v1/x?\(query)").parameters() }
  }

  @Test(arguments: [
    ("count", "12", Value.integer(12)), ("count", "-3", .integer(-3)), ("count", "007", .text("007")), ("count", "+1", .text("+1")),
    ("count", "99999999999999999999", .text("99999999999999999999")), ("count", " 1", .text(" 1")), ("count", "1.0", .text("1.0")),
    ("count", "1e400", .text("1e400")), ("count", "", .text("")),
    ("isOpen", "true", .bool(true)), ("isOpen", "false", .bool(false)), ("isOpen", "TRUE", .text("TRUE")), ("isOpen", "1", .text("1")),
    ("title", "12", .text("12")), ("title", "true", .text("true")), ("at", "2026-03-01T08:00:00Z", .text("2026-03-01T08:00:00Z")),
    ("sizes", "1,2", .array([1, 2])), ("sizes", "", .array([])), ("sizes", "1,,x", .array([1, "", "x"])),
    ("detail", "{\"a\":[1]}", .object(["a": .array([1])])), ("parts", "[{\"name\":\"x\"}]", .array([.object(["name": "x"])])),
    ("unheard_of", "1", .text("1")),
  ])
  func aParameterTakesItsFieldsType(name: String, text: String, value: Value) throws {
    let input = try RequestInput.value(SampleInput.fields, id: nil, query: [(name, text)], body: [])
    #expect(input == .object([Value.Member(name, value)]))
  }

  // MARK: One input of three sources

  @Test func pathQueryAndBodyAreOneInput() throws {
    let input = try RequestInput.value(SampleInput.fields, id: "x", query: [("count", "1")], body: Array("{\"title\":\"t\"}".utf8))
    #expect(input == .object(["id": "x", "count": 1, "title": "t"]))
  }

  /// Path, query and body can each be read, and the document allows each: so 422 with the field's name, even where they agree.
  @Test(arguments: [("{\"id\":\"y\"}", "id"), ("{\"count\":2}", "count"), ("{\"count\":1}", "count"), ("{\"count\":null}", "count")])
  func whatComesByTwoWaysIsInvalid(body: String, path: String) {
    #expect(throws: Failure.self) {
      do throws(Failure) {
        _ = try RequestInput.value(SampleInput.fields, id: "x", query: [("count", "1")], body: Array(body.utf8))
      } catch {
        #expect(error.kind == .invalid)
        #expect(error.violations == [Failure.Violation(path: path, HTTPMessages.givenByTwoWays)])
        throw error
      }
    }
  }

  @Test(arguments: [
    "{\"a\":1,\"a\":2}", "[]", "1", "{", "{} x", "{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud800\"}", "\u{feff}{}", "{\"a\":NaN}", " ",
    String(repeating: "[", count: 10_000),
  ])
  func aBodyThatIsNotOneClearObjectIsMalformed(body: String) {
    expectMalformed { _ = try RequestInput.value(SampleInput.fields, id: "x", query: [("count", "1")], body: Array(body.utf8)) }
  }

  @Test func aBodyThatIsNotUTF8IsMalformed() {
    expectMalformed { _ = try RequestInput.value([], id: nil, query: [], body: Array("{\"a\":\"".utf8) + [0xff] + Array("\"}".utf8)) }
  }

  // MARK: Header fields

  @Test(arguments: [("\"3\"", Int64(3)), ("W/\"3\"", 3), ("*", nil), ("\"9223372036854775807\"", .max)])
  func ifMatchNamesAVersion(text: String, version: Int64?) throws {
    #expect(try RequestHeaders([.ifMatch: text]).expectedVersion() == version)
  }

  @Test(arguments: ["3", "\"\"", "\"x\"", "\"-1\"", "\"1\", \"2\"", "\"1", "\"", "w/\"1\"", "\"9223372036854775808\"", "", "\"1\"x", "\"1\", *"])
  func anythingElseInIfMatchIsMalformed(text: String) {
    expectMalformed { _ = try RequestHeaders([.ifMatch: text]).expectedVersion() }
  }

  @Test func withoutIfMatchThereIsNoVersion() throws {
    #expect(try RequestHeaders([:]).expectedVersion() == nil)
    var twice: HTTPFields = [:]
    twice[values: .ifMatch] = ["\"1\"", "\"2\""]
    expectMalformed { _ = try RequestHeaders(twice).expectedVersion() }
  }

  @Test(arguments: [
    ("application/json", true), ("Application/JSON ; charset=UTF-8", true), ("application/json; charset=\"utf-8\"", true), ("application/json;", true),
    ("application/json; charset=latin1", false), ("text/plain", false), ("application/jsonx", false), ("application/x-www-form-urlencoded", false),
    ("", false), ("application/merge-patch+json", false), ("application/json, text/plain", false),
  ])
  func onlyJSONIsJSON(text: String, isJSON: Bool) {
    #expect(RequestHeaders([.contentType: text]).isJSON == isJSON)
  }

  @Test(arguments: [
    ("abc-1.2_3", "abc-1.2_3"), ("", nil), ("a b", nil), ("a,b", nil), (String(repeating: "a", count: 65), nil), ("ä", nil), ("\"x\"", nil),
  ])
  func aSaneCorrelationIdIsKept(text: String, kept: String?) {
    #expect(RequestHeaders([RequestHeaders.requestIdName: text]).requestId == kept)
  }

  @Test(arguments: [
    ("Bearer stw_x", "stw_x"), ("bearer  stw_x", "stw_x"), ("Basic abc", nil), ("Bearer", nil), ("Bearer ", nil), ("stw_x", nil),
  ])
  func aBearerTokenIsFound(text: String, token: String?) {
    #expect(RequestHeaders([.authorization: text]).bearer == token)
  }

  private func expectMalformed(_ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) {
    do {
      try body()
      Issue.record("it was taken", sourceLocation: sourceLocation)
    } catch {
      #expect((error as? Failure)?.kind == .malformed, sourceLocation: sourceLocation)
    }
  }
}
