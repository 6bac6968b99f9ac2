import Changes
import Kernel
import Operations
import Tenancy

/// What the staff are told of a release.
struct ToldRelease: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  let title: String
  let state: String
  /// Why it was given up.
  let reason: String?
  /// Who answers for it.
  let owner: Int64?
  /// Who of the staff opened it.
  let opener: Int64?
  /// The customers whom it concerns, or ever did.
  let concerned: [TenantId]
  /// What came of its pilot, or of where it went, where that is told.
  var result: String?

  /// Nil when that is no news.
  func told(_ found: FoundEvent) -> ToldRelease? {
    switch ReleaseNews(rawValue: found.type) {
    case .pilotRecorded, .deployed:
      var told = self
      told.result = found.payload["result"]?.text
      return told
    case .piloted, .signedOff, .closed, .cancelled, .commented: return self
    case nil: return nil
    }
  }

  func values(_ language: Language, of provider: TenantEntry, _ type: String) -> [String: String] {
    [
      "number": ChangeNumber.release(provider.code, number), "title": title, "result": result.map { Self.word($0).text(language) } ?? "-",
      "reason": ReleaseNews(rawValue: type) == .cancelled ? reason ?? "" : "",
    ]
  }

  private static func word(_ result: String) -> Message {
    switch result {
    case "passed": ReleaseNewsMessages.passed
    case "succeeded": ReleaseNewsMessages.succeeded
    case "backed_out": ReleaseNewsMessages.backedOut
    default: ReleaseNewsMessages.failed
    }
  }

  func members(of provider: TenantEntry) -> [Value.Member] {
    let told = result.map { [Value.Member("result", .text($0))] } ?? []
    return [
      Value.Member("release", .id(provider.id(IdKind.release.prefix, publicId))), Value.Member("number", .text(ChangeNumber.release(provider.code, number))),
      Value.Member("state", .text(state)),
    ] + told
  }
}
