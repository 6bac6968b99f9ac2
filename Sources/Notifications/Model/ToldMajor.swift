import Kernel
import MajorIncidents
import Operations
import Tenancy

/// What the staff are told of a major incident.
struct ToldMajor: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  let title: String
  let state: String
  let mitigation: String?
  let resolution: String?
  let review: String?
  /// Who leads it, else who answers for incidents by the provider's rule.
  let lead: Int64?
  /// Who of the staff declared it.
  let declarer: Int64?
  /// The customers whose incidents are part of it.
  let concerned: [TenantId]
  /// What was written in its log, where that is told.
  var entry: String?

  /// Nil when there is nothing to tell of it any more.
  /// - Parameter entries: what was written in logs.
  func told(_ found: FoundEvent, _ entries: [[UInt8]: String]) -> ToldMajor? {
    switch MajorNews(rawValue: found.type) {
    case .logged:
      var told = self
      told.entry = Self.entry(of: found).flatMap { entries[$0] }
      return told
    case .declared, .mitigated, .resolved, .reopened, .reviewed: return self
    case nil: return nil
    }
  }

  /// The entry of the log that an event is, by the random bits of its id.
  static func entry(of found: FoundEvent) -> [UInt8]? { found.payload["entry"]?.text.flatMap { PublicId($0) }?.random }

  func values(of provider: TenantEntry, _ type: String) -> [String: String] {
    let text: String? =
      switch MajorNews(rawValue: type) {
      case .logged: entry
      case .mitigated: mitigation
      case .resolved: resolution
      case .reviewed: review
      case .declared, .reopened, nil: nil
      }
    return [
      "number": MajorNumber.text(provider.code, number), "title": title, "state": state, "customers": String(concerned.count), "text": text ?? "",
    ]
  }

  func members(of provider: TenantEntry) -> [Value.Member] {
    [
      Value.Member("majorIncident", .id(provider.id(IdKind.majorIncident.prefix, publicId))),
      Value.Member("number", .text(MajorNumber.text(provider.code, number))), Value.Member("state", .text(state)),
    ]
  }
}
