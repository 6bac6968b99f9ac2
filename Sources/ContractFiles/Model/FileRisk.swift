import Contracts
import Kernel
import Operations

/// Gaps of a line's proof that somebody takes upon himself: all that are of the kind, in no other promises and of no other parties.
struct FileRisk: OperationInput, Hashable {
  let gap: String
  /// `resolution P1`, or `resolution` in any priority; for all tickets, or for those that it names: `resolution P1 type:request`. Nil:
  /// whatever it is in.
  let promises: [String]?
  /// Whose part may be missing, as the proof names them; nil: anybody's.
  let parties: [String]?
  let reason: String
  /// Nil: who applies the file.
  let by: String?
  /// The first day on which it is no longer accepted, in the contract's zone.
  let until: CalendarDate?

  /// As the proofs know them.
  static let kinds = ["unlinked", "agreement", "target", "term", "coverage", "budget", "objective"]

  private static let gap = Field.oneOf("gap", kinds, "The kind of gap, as the proof tells it.", "缺口类别，与证明中一致。")
  private static let promises = Field<[String]>.list(
    "promises", of: Field.text("promise", 2...200, "A promise: resolution P1.", "承诺：resolution P1。"), count: 1...50,
    "In which promises it may be (default: any).", "可涉及的承诺（默认任何承诺）。")
  private static let parties = Field<[String]>.list(
    "parties", of: Field.text("party", 1...400, "A team, or a supplier's service.", "团队或供应商的服务。"), count: 1...20,
    "Whose part may be missing (default: anybody's).", "可缺失的一方（默认任何一方）。")
  private static let reason = Field.longText("reason", 1...2000, "Why the promise is made all the same.", "仍作出承诺的理由。")
  private static let by = Field.text("by", 1...200, "Who takes it upon himself (default: who applies the file).", "承担风险者（默认为执行文件者）。")
  private static let until = Field.date("until", "The first day on which it is no longer accepted.", "自何日起不再接受。")

  static let fields: [any InputField] = [gap, promises.optional, parties.optional, reason, by.optional, until.optional]

  init(gap: String, promises: [String]?, parties: [String]?, reason: String, by: String?, until: CalendarDate?) {
    self.gap = gap
    self.promises = promises
    self.parties = parties
    self.reason = reason
    self.by = by
    self.until = until
  }

  init(_ values: InputValues) throws(FieldError) {
    gap = try values[Self.gap]
    promises = try values[Self.promises.optional]
    for (index, promise) in (promises ?? []).enumerated() where !Self.isPromise(promise) {
      throw FieldError("promises[\(index)]", ContractFileMessages.badPromise)
    }
    parties = try values[Self.parties.optional]
    reason = try values[Self.reason]
    by = try values[Self.by.optional]
    until = try values[Self.until.optional]
  }

  /// A metric, then what else is said, each once: a priority, and which tickets.
  private static func isPromise(_ text: String) -> Bool {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard let metric = parts.first, TargetMetric(code: String(metric)) != nil else { return false }
    let kinds = parts.dropFirst().map(kind)
    return !kinds.contains(nil) && Set(kinds).count == kinds.count
  }

  static func isPriority(_ part: Substring) -> Bool { Rating.numbers.contains { part == "P\($0)" } }

  /// What a part of a promise says; nil for what says nothing.
  private static func kind(_ part: Substring) -> Substring? {
    if isPriority(part) { return "P" }
    let sides = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2, let name = sides.first, let named = sides.last, !named.isEmpty else { return nil }
    return ["service", "tier"].contains(name) || name == "type" && TicketType(rawValue: String(named)) != nil ? name : nil
  }

  /// - Parameter gap: of a proof, or of an accepted risk: its kind, what is promised and whose part is missing.
  func covers(kind: String?, promised: [String], of parties: [String]) -> Bool {
    guard kind == gap else { return false }
    let areOurs = promised.allSatisfy { promise in
      promises.map { $0.contains { Self.isSaid($0, of: promise) } } ?? true
    }
    return areOurs && (self.parties.map { Set(parties).isSubset(of: $0) } ?? true)
  }

  /// Whether what a file says of promises is for this one. What it does not say may be anything.
  static func isSaid(_ said: String, of promise: String) -> Bool {
    let (said, parts) = (said.split(separator: " "), promise.split(separator: " "))
    return said.first == parts.first && said.dropFirst().allSatisfy(parts.dropFirst().contains)
  }
}
