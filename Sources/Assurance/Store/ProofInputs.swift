import Contracts
import Desk
import Kernel
import Postgres

/// A line with all that its proof rests on, read.
struct ProvenCase: Sendable {
  let line: Int64
  let publicId: [UInt8]
  let name: String
  let chain: ChainCase
  /// In order, each once.
  let inputs: [ProofInput]
}

/// Reads what the proofs of a contract's lines rest on: four round trips, however many lines there are. The counter of a row
/// is read with it or before it, so that a change in between is found by the sweep, never missed.
struct ProofInputs: Sendable {
  let tenant: TenantId
  let now: Instant
  let transaction: Transaction

  fileprivate struct Found {
    let terms: [ProvenTerms.Found]
    let lines: [Int64: [ProvenLineVersions.Found]]
    let chains: [Int64: [ChainRow]]
    let links: [Int64: [ProvenLinks.Found]]
    let priorities: [Int64]
    var agreements: [Int64: [ProvenAgreements.Found]] = [:]
    var slas: [Int64: [ProvenTargets.Found]] = [:]
    var contracts: [Int64: [ProvenSupplierContracts.Found]] = [:]
    var targets: [Int64: [ProvenSupplierTargets.Found]] = [:]
  }

  /// - Parameter only: the one line that is asked for; nil: all.
  func cases(of contract: ProvenContract.Found, only: Int64? = nil) async throws -> [ProvenCase] {
    let (terms, lines, chains, links, priorities) = try await transaction.query(
      ProvenTerms(tenant: tenant, contract: contract.id), ProvenLineVersions(tenant: tenant, contract: contract.id),
      ChainsOfContract(tenant: tenant, contract: contract.id), ProvenLinks(tenant: tenant, contract: contract.id),
      ListedNumbers(.priority))
    guard let newest = terms.last else { return [] }
    func wanted(_ line: Int64) -> Bool { only.map { $0 == line } ?? true }
    var found = Found(
      terms: terms, lines: Dictionary(grouping: lines.filter { wanted($0.line) }) { $0.line },
      chains: Dictionary(grouping: chains.filter { wanted($0.line) }) { $0.line }, links: Dictionary(grouping: links.filter { wanted($0.line) }) { $0.line },
      priorities: priorities.map(\.number))
    try await readAgreements(&found)
    let horizon = ChainCase.horizon(from: max(now, newest.startsAt), endsAt: newest.endsAt)
    let used = found.lines.keys.sorted().map { line in ParticipantsOfLine(line: line, rows: found.rows(of: line)) }
    let calendars = try await readCalendars(Set(used.flatMap(\.calendars)), from: Instant(seconds: horizon.lowerBound))
    return used.compactMap { $0.proven(contract, terms, horizon, calendars) }
  }

  private func readAgreements(_ found: inout Found) async throws {
    let teams = Set(found.chains.values.joined().compactMap { $0.team?.team })
    let contracts = Set(found.links.values.joined().compactMap(\.contract)).sorted()
    let (agreements, supplierContracts, targets) = try await transaction.query(
      ProvenAgreements(teams: teams.sorted()), ProvenSupplierContracts(contracts: contracts), ProvenSupplierTargets(contracts: contracts))
    found.agreements = Dictionary(grouping: agreements) { $0.team }
    found.contracts = Dictionary(grouping: supplierContracts) { $0.contract }
    found.targets = Dictionary(grouping: targets) { $0.contractVersion }
    let slas = Set(found.lines.values.joined().map(\.sla)).union(agreements.map(\.sla))
    found.slas = Dictionary(grouping: try await transaction.query(ProvenTargets(slas: slas.sorted()))) { $0.sla }
  }

  private func readCalendars(_ ids: Set<Int64>, from: Instant) async throws -> [Int64: (calendar: ChainCase.Calendar, version: Int64)] {
    guard !ids.isEmpty else { return [:] }
    let names = try await transaction.query(ProvenCalendars(calendars: ids.sorted()))
    let histories = try await ContractTerms.histories(ofCalendars: ids.sorted(), from: from, in: transaction)
    return Dictionary(
      names.map { ($0.calendar, (ChainCase.Calendar(name: $0.name, versions: histories[$0.calendar] ?? []), $0.version)) }
    ) { first, _ in first }
  }
}

extension ProofInputs.Found {
  fileprivate func rows(of line: Int64) -> ParticipantsOfLine.Rows {
    ParticipantsOfLine.Rows(
      versions: lines[line] ?? [], chain: chains[line] ?? [], links: links[line] ?? [], agreements: agreements, slas: slas, contracts: contracts,
      targets: targets, priorities: priorities)
  }
}
