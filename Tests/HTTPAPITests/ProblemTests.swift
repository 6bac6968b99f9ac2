import HTTPTypes
import Kernel
import Operations
import Testing

@testable import HTTPAPI

@Suite struct ProblemTests {
  static let statuses: [Failure.Kind: Int] = [
    .malformed: 400, .invalid: 422, .unauthenticated: 401, .denied: 403, .notFound: 404, .conflict: 409, .versionMismatch: 412, .versionRequired: 428,
    .tooLarge: 413, .limited: 429, .busy: 503, .outcomeUnknown: 503, .internal: 500,
  ]

  @Test(arguments: Failure.Kind.allCases)
  func everyKindHasItsStatus(kind: Failure.Kind) {
    #expect(Problem(Failure(kind, OperationMessages.busy)).status == Self.statuses[kind])
  }

  @Test func aReusedKeyAndAFullDiskHaveTheirOwn() {
    #expect(Problem(Failure(.conflict, OperationMessages.keyReused)).status == 422)
    #expect(Problem(Failure(.busy, OperationMessages.storageFull)).status == 507)
  }

  @Test func aProblemSpeaksTheCallersLanguageAndTellsNothingOfTheInside() throws {
    let failure = Failure(
      .invalid, KernelMessages.invalidInput, violations: [.init(path: "targets[2].budget", InputMessages.outOfRange, ["least": "1", "most": "9"])],
      debug: "select secret from hidden")
    let reply = Problem(failure).reply(.chinese, correlationId: "req-1")
    let document = try JSON.read(reply.body)
    #expect(document["status"] == .integer(422))
    #expect(document["title"] == .text("输入无效"))
    #expect(document["code"] == .text("input.invalid"))
    #expect(document["correlationId"] == .text("req-1"))
    #expect(document["errors"]?.array?.first?["path"] == .text("targets[2].budget"))
    #expect(document["errors"]?.array?.first?["detail"] == .text("取值必须在 1 到 9 之间。"))
    #expect(!String(decoding: reply.body, as: UTF8.self).contains("hidden"))
    #expect(reply.headers[.contentType] == "application/problem+json")
    #expect(reply.headers[.contentLanguage] == "zh-Hans")
  }

  @Test func whatIsWrongIsShownWhereItIsKnown() throws {
    let failure = Failure(
      .invalid, KernelMessages.invalidInput,
      violations: [
        .init(path: "limit", InputMessages.outOfRange, ["least": "1", "most": "9"], value: 12), .init(path: "name", InputMessages.required),
      ])
    let errors = try JSON.read(Problem(failure).reply(.english, correlationId: "r").body)["errors"]?.array ?? []
    #expect(errors.map { $0["value"] } == [.integer(12), nil])
  }

  @Test func retryAfterAndChallengeAreHeaderFields() {
    #expect(Problem(Failure(.limited, OperationMessages.tooMany, retryAfterSeconds: 7)).reply(.english, correlationId: "r").headers[.retryAfter] == "7")
    #expect(Problem(Failure(.unauthenticated, OperationMessages.unauthenticated)).reply(.english, correlationId: "r").headers[.wwwAuthenticate] != nil)
    #expect(Problem.wrongMethod(allowed: ["GET", "HEAD"]).reply(.english, correlationId: "r").headers[.allow] == "GET, HEAD")
  }

  @Test func everyMessageIsThereInBothLanguagesOnce() {
    let keys = HTTPMessages.all.map(\.key)
    #expect(Set(keys).count == keys.count)
    for message in HTTPMessages.all {
      #expect(!message.english.isEmpty && !message.chinese.isEmpty)
      #expect(message.placeholders(.english) == message.placeholders(.chinese), "\(message.key)")
    }
  }
}
