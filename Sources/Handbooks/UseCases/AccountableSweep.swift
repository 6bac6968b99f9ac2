import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Who answers for what nobody has taken, resolved: a handbook was published, somebody left, or came. What is read asks the result.
package struct AccountableSweep: Sweep {
  package static let kind = "handbooks.accountable"
  package static let everySeconds: Int64 = 15

  package init() {}

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    try await tenancy.transaction(binding: [provider.id], side: .staff) { try await Self.resolve(of: provider.id, at: tenancy.clock.now(), in: $0) }
  }

  /// Keeps for each process who answers from now on, where that is another one than before. Where nobody is there at all, who did stays.
  static func resolve(of provider: TenantId, at now: Instant, in transaction: Transaction) async throws {
    let (editions, named, administrators, standing) = try await transaction.query(
      NewestContents(), OwnershipDefaults(), FirstAdministrator(provider: provider, now: now), AccountablesInForce())
    // What this version cannot read names nobody.
    var inHandbooks: [String: [[UInt8]]] = [:]
    for edition in editions {
      let content = HandbookContent.ifReadable(edition.content)
      inHandbooks[edition.process] = [content?.owner, content?.manager].compactMap { $0?.random }
    }
    let defaults = Dictionary(named.map { ($0.process, $0.staff) }) { first, _ in first }
    var before: [String: Accountable] = [:]
    for one in standing { before[one.process] = one.accountable }
    let asked = Array(Set(inHandbooks.values.flatMap { $0 } + defaults.values))
    let able = try await mayAnswer(asked, of: provider, at: now, in: transaction)
    for process in OwnedProcess.allCases {
      let rule = AccountableRule(able: able[process] ?? [], administrator: administrators.first)
      let chosen = rule.choose(handbook: inHandbooks[process.rawValue] ?? [], named: defaults[process.rawValue])
      guard let chosen, chosen != before[process.rawValue] else { continue }
      transaction.enqueue(EndAccountable(process: process, now: now))
      transaction.enqueue(KeepAccountable(process: process, accountable: chosen, now: now))
    }
  }

  /// Of some members of the staff those who may answer for what nobody has taken, by process: they may work on it for all customers.
  static func mayAnswer(
    _ staff: [[UInt8]], of provider: TenantId, at now: Instant, in transaction: Transaction
  ) async throws -> [OwnedProcess: [AccountableRule.Staff]] {
    guard !staff.isEmpty else { return [:] }
    let found = try await transaction.query(
      StaffWhoMayAnswer(provider: provider, publicIds: staff, permissions: OwnedProcess.allCases.map(\.permission), now: now))
    var able: [OwnedProcess: [AccountableRule.Staff]] = [:]
    for process in OwnedProcess.allCases { able[process] = found.filter { $0.permission == process.permission }.map(\.staff) }
    return able
  }
}
