import Contracts
import Kernel

/// Who takes part in a line and on what terms, made of the rows that were read.
struct ParticipantsOfLine: Sendable {
  struct Rows: Sendable {
    let versions: [ProvenLineVersions.Found]
    let chain: [ChainRow]
    let links: [ProvenLinks.Found]
    /// By team, by SLA, by underpinning contract, and by version of one.
    let agreements: [Int64: [ProvenAgreements.Found]]
    let slas: [Int64: [ProvenTargets.Found]]
    let contracts: [Int64: [ProvenSupplierContracts.Found]]
    let targets: [Int64: [ProvenSupplierTargets.Found]]
    /// That the desk has, the retired among them: cells of the matrix may give them still.
    let priorities: [Int64]
  }

  let line: Int64
  let rows: Rows
  private let ownSlas: [Int64: SlaVersions]
  /// What the teams' OLAs tell apart.
  private let kinds: TicketKinds
  private let teams: Set<Int64>
  private let supplierContracts: Set<Int64>

  init(line: Int64, rows: Rows) {
    self.line = line
    self.rows = rows
    teams = Set(rows.chain.compactMap { $0.team?.team })
    supplierContracts = Set(rows.links.compactMap(\.contract))
    let olas = Set(teams.flatMap { (rows.agreements[$0] ?? []).map(\.sla) })
    let versions = Dictionary(uniqueKeysWithValues: olas.union(rows.versions.map(\.sla)).map { ($0, SlaVersions(rows.slas[$0] ?? [])) })
    ownSlas = versions
    kinds = TicketKinds(olas.compactMap { versions[$0] })
  }

  /// Every calendar that anything of it is counted by.
  var calendars: Set<Int64> {
    let promised = ownSlas.values.flatMap { $0.versions.flatMap { $0.targets.compactMap(\.calendar) } }
    let covered = supplierContracts.flatMap { (rows.contracts[$0] ?? []).compactMap(\.calendar) }
    return Set(promised + covered + rows.chain.compactMap { $0.team?.calendar })
  }

  /// Nil for a line without a version that stands.
  func proven(
    _ contract: ProvenContract.Found, _ terms: [ProvenTerms.Found], _ horizon: Range<Int64>,
    _ known: [Int64: (calendar: ChainCase.Calendar, version: Int64)]
  ) -> ProvenCase? {
    guard let newest = rows.versions.last else { return nil }
    let used = known.filter { calendars.contains($0.key) }
    let chain = ChainCase(
      promised: promised(terms, horizon), versions: chainVersions, providers: links(backup: false), backups: links(backup: true),
      calendars: used.mapValues(\.calendar), horizon: horizon, zone: contract.zone)
    return ProvenCase(line: line, publicId: newest.publicId, name: newest.name, chain: chain, inputs: inputs(contract, newest, used.mapValues(\.version)))
  }

  // MARK: Promises

  /// What is promised from each instant on at which the contract, the line or its SLA changes. A draft is looked at as if it
  /// were in force, a contract or a line: that is what the proof before it is activated is for.
  private func promised(_ terms: [ProvenTerms.Found], _ horizon: Range<Int64>) -> [ChainCase.Promised] {
    let (start, end) = (Instant(seconds: horizon.lowerBound), Instant(seconds: horizon.upperBound))
    let changes =
      terms.flatMap { [$0.validFrom, $0.startsAt] + ($0.endsAt.map { [$0] } ?? []) } + rows.versions.map(\.validFrom)
      + Set(rows.versions.map(\.sla)).flatMap { ownSlas[$0]?.versions.map(\.validFrom) ?? [] }
    let instants = Set([start] + changes.filter { start < $0 && $0 < end }).sorted()
    return instants.map { ChainCase.Promised(from: $0, promises: promises(terms, at: $0)) }
  }

  private func promises(_ terms: [ProvenTerms.Found], at instant: Instant) -> [Promise] {
    // Before the first version holds, as after it: a contract may be written before it begins.
    guard let contract = terms.last(where: { $0.validFrom <= instant }) ?? terms.first, ["draft", "active"].contains(contract.state),
      contract.startsAt <= instant, contract.endsAt.map({ instant < $0 }) ?? true,
      let version = rows.versions.last(where: { $0.validFrom <= instant }), version.isActive || rows.versions.last?.isDraft ?? false
    else { return [] }
    return ownSlas[version.sla]?.promises(at: instant, kinds, priorities: rows.priorities) ?? []
  }

  // MARK: Chain

  private var chainVersions: [ChainVersion] {
    let byVersion = Dictionary(grouping: rows.chain) { $0.version }
    return byVersion.values.compactMap { rows in
      guard let first = rows.first else { return nil }
      let teams = Dictionary(grouping: rows.compactMap { row in row.team.map { (row, $0) } }) { $0.1.tier }
      let tiers = teams.sorted { $0.key < $1.key }.map { _, members in members.map { link($0, $1, from: first.validFrom) } }
      return ChainVersion(validFrom: first.validFrom, tiers: tiers, supplierMetrics: Set(first.supplierMetrics))
    }.sorted { $0.validFrom < $1.validFrom }
  }

  private func link(_ row: ChainRow, _ team: ChainTeam, from: Instant) -> ChainLink {
    let olas = (rows.agreements[team.team] ?? []).map { agreement in
      TeamTerms.Ola(name: agreement.name, from: agreement.from, until: agreement.until, versions: ownSlas[agreement.sla] ?? SlaVersions([]))
    }
    return ChainLink(
      party: ChainParty(kind: .team, id: team.team, name: row.teamName ?? ""), from: from, until: nil, metrics: Set(team.metrics),
      terms: TeamTerms(olas: olas, calendar: team.calendar, handling: team.handling))
  }

  private func links(backup: Bool) -> [ChainLink] {
    rows.links.filter { $0.isBackup == backup }.map { link in
      let versions = (link.contract.flatMap { rows.contracts[$0] } ?? []).map { version in
        SupplierTerms.Version(
          validFrom: version.validFrom, state: version.state, startsAt: version.startsAt, endsAt: version.endsAt, calendar: version.calendar,
          targets: rows.targets[version.contractVersion] ?? [])
      }
      let reference = link.contract.flatMap { rows.contracts[$0]?.last?.reference }
      return ChainLink(
        party: ChainParty(kind: .supplier, id: link.link, name: link.name), from: link.from, until: link.until, metrics: [],
        terms: SupplierTerms(reference: reference, service: link.service, versions: versions), service: link.service,
        needsSuccessor: !link.isNotNeeded)
    }
  }

  // MARK: Inputs

  private func inputs(_ contract: ProvenContract.Found, _ newest: ProvenLineVersions.Found, _ calendars: [Int64: Int64]) -> [ProofInput] {
    var inputs = [
      ProofInput(kind: .contract, id: contract.id, version: contract.version), ProofInput(kind: .line, id: line, version: newest.lineVersion),
      ProofInput(kind: .chain, id: line, version: Int64(Set(rows.chain.map(\.version)).count)),
      ProofInput(kind: .links, id: line, version: rows.links.reduce(0) { $0 + $1.version }),
      // None goes: one that was added is promised by every target that is for any.
      ProofInput(kind: .priorities, id: line, version: Int64(rows.priorities.count)),
    ]
    inputs += calendars.map { ProofInput(kind: .calendar, id: $0.key, version: $0.value) }
    inputs += ownSlas.keys.compactMap { sla in rows.slas[sla]?.first.map { ProofInput(kind: .sla, id: sla, version: $0.version) } }
    inputs += teams.map { team in ProofInput(kind: .team, id: team, version: (rows.agreements[team] ?? []).reduce(0) { $0 + $1.version }) }
    inputs += supplierContracts.compactMap { id in rows.contracts[id]?.first.map { ProofInput(kind: .supplierContract, id: id, version: $0.version) } }
    return inputs.sorted()
  }
}
