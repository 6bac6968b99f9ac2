import Contracts
import Kernel
import Operations
import Postgres

/// Proves the lines of a contract and keeps what came out: for people, for guards, and for the sweep.
struct ContractProof: Sendable {
  let tenant: TenantId
  let transaction: Transaction
  let actor: Actor
  let random: RandomSource
  let now: Instant

  /// After so long a proof is made again though nothing changed: its horizon has moved on.
  private static let goodFor: Int64 = 7 * 86_400

  /// What came out for a line.
  struct Kept: Sendable {
    let line: Int64
    let name: String
    let proof: Int64
    let verdict: BackToBack.Verdict
    /// The gaps that nobody accepted.
    let open: [Gap]
    /// Nil where the proof that stands says all of it already.
    let made: ProofRow?
  }

  /// - Parameter only: the one line; nil: all.
  func run(_ contract: ProvenContract.Found, only: Int64? = nil, cause: ProofCause) async throws -> [Kept] {
    let standingLines = try await transaction.query(LockStandings(tenant: tenant, contract: contract.id, line: only))
    let cases = try await ProofInputs(tenant: tenant, now: now, transaction: transaction).cases(of: contract, only: only)
    let lines = cases.map(\.line)
    try await settle(Set(standingLines).subtracting(lines).sorted())
    guard !cases.isEmpty else { return [] }
    let (standing, risks, runOut) = try await transaction.query(
      StandingOfLines(tenant: tenant, lines: lines), RisksInForce(tenant: tenant, lines: lines, at: now),
      RisksRunOut(tenant: tenant, lines: lines, at: now))
    let before = Dictionary(standing.map { ($0.line, $0) }) { first, _ in first }
    let verdicts = await Self.verdicts(of: cases)
    let looks = zip(cases, verdicts).map { found, verdict in
      Look(
        found, verdict, before[found.line], risks.filter { $0.line == found.line }, runOut: runOut.filter { $0.line == found.line }, cause, now)
    }
    let known = try await knownGaps(of: looks)
    var ids = try await transaction.query(NextProofIds(count: Int64(looks.count { $0.standing == nil }))).makeIterator()
    return try looks.map { look in
      if let standing = look.standing {
        recordMore(look, standing, look.runOut)
        return keep(look, contract, standing)
      }
      guard let proof = ids.next() else { throw Failure.notFound }
      let made = InsertProof(
        tenant: tenant, id: proof, publicId: random.publicIdBits(), contract: contract.id, line: look.found.line, horizon: look.found.chain.horizon,
        verdict: look.verdict, inputs: look.found.inputs, cause: cause, actor: actor, now: now)
      transaction.enqueue(made)
      record(look, proof, known[look.before?.proof ?? 0] ?? [])
      return keep(look, contract, proof, made: ProofRow(made, of: look.found, contract: contract.publicId))
    }
  }

  /// What stood of the lines that have open gaps already and may have got others.
  private func knownGaps(of looks: [Look]) async throws -> [Int64: [Gap]] {
    let proofs = looks.filter(\.mayHaveMore).compactMap { $0.before?.proof }
    guard !proofs.isEmpty else { return [:] }
    let found = try await transaction.query(GapsOfProofs(tenant: tenant, proofs: proofs))
    return Dictionary(found.map { ($0.proof, $0.gaps) }) { first, _ in first }
  }

  /// Lines have nothing to do with one another: each is proven by whichever processor is free.
  private static func verdicts(of cases: [ProvenCase]) async -> [BackToBack.Verdict] {
    await withTaskGroup(of: (Int, BackToBack.Verdict).self) { group in
      for (index, found) in cases.enumerated() { group.addTask { (index, BackToBack.check(found.chain)) } }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// What was found of a line, beside what stands of it.
  private struct Look {
    let found: ProvenCase
    let verdict: BackToBack.Verdict
    let before: StandingOfLines.Found?
    let open: [Gap]
    /// Those of them that were accepted when the line was looked at last.
    let runOut: [Gap]
    /// When the first acceptance that holds ends.
    let riskEnds: Instant?
    /// The proof that stands and says all of it already; nil when a new one is to be kept.
    let standing: Int64?
    /// Whether it was open before, and something changed so that it may have gaps that it did not have. That a horizon moves on opens none.
    let mayHaveMore: Bool

    var isOpen: Bool { !open.isEmpty }
    /// Where gaps stand in the proof, from 1.
    func places(of gaps: [Gap]) -> [Int64] {
      let wanted = Set(gaps)
      return verdict.gaps.enumerated().filter { wanted.contains($0.element) }.map { Int64($0.offset) + 1 }
    }

    init(
      _ found: ProvenCase, _ verdict: BackToBack.Verdict, _ before: StandingOfLines.Found?, _ risks: [RisksInForce.Found],
      runOut: [RisksInForce.Found], _ cause: ProofCause, _ now: Instant
    ) {
      (self.found, self.verdict, self.before) = (found, verdict, before)
      let accepted = AcceptedGaps(risks)
      let open = verdict.gaps.filter { !accepted.hold($0) }
      self.open = open
      let wereAccepted = AcceptedGaps(runOut)
      self.runOut = open.filter { wereAccepted.hold($0) }
      riskEnds = risks.compactMap(\.until).filter { $0 > now }.min()
      standing = cause == .asked ? nil : before.flatMap { $0.isSame(verdict, found.inputs, isOpen: !open.isEmpty) ? $0.proof : nil }
      let keys = Set(before?.gapKeys ?? [])
      mayHaveMore =
        standing == nil && cause != .due && before?.isOpen == true
        && zip(verdict.gaps, verdict.gapKeys).contains { gap, key in !keys.contains(key) && !accepted.hold(gap) }
    }
  }

  private func keep(_ look: Look, _ contract: ProvenContract.Found, _ proof: Int64, made: ProofRow? = nil) -> Kept {
    let found = look.found
    // What has ended stays ended; what promises nothing yet may begin within a later horizon.
    let lookAt = found.chain.horizon.isEmpty ? nil : min(now.adding(seconds: Self.goodFor), look.riskEnds ?? Instant.accepted.upperBound)
    transaction.enqueue(
      StoreStanding(
        tenant: tenant, line: found.line, contract: contract.id, proof: proof, isOpen: look.isOpen, inputs: found.inputs, checkedAt: now, lookAt: lookAt))
    return Kept(line: found.line, name: found.name, proof: proof, verdict: look.verdict, open: look.open, made: made)
  }

  /// Lines whose versions were all withdrawn promise nothing, now and later: they rest on nothing that could change.
  private func settle(_ lines: [Int64]) async throws {
    guard !lines.isEmpty else { return }
    for before in try await transaction.query(StandingOfLines(tenant: tenant, lines: lines)) where before.isOpen {
      record(ProofNews.closed, before.proof, before.line, .nothing, gaps: 0)
    }
    transaction.enqueue(SettleStandings(tenant: tenant, lines: lines, now: now))
  }

  /// That a line's promises came to have gaps that nobody accepted, got more of them, or no longer have any. Of a line that is proven for the
  /// first time nobody is told: whoever sells it sees what came out, and it is on the list.
  /// - Parameter known: the gaps that it had before, of a line that was open.
  private func record(_ look: Look, _ proof: Int64, _ known: [Gap]) {
    let wasOpen = look.before?.isOpen ?? false
    let (outcome, gaps) = (look.verdict.outcome, look.verdict.gaps.count)
    switch (wasOpen, look.isOpen) {
    case (false, true):
      record(ProofNews.opened, proof, look.found.line, outcome, gaps: gaps, new: look.before == nil ? [] : look.places(of: look.open))
    case (true, false): record(ProofNews.closed, proof, look.found.line, outcome, gaps: gaps)
    case (true, true):
      let new = look.mayHaveMore ? look.open.filter { gap in !known.contains { gap.isWithin($0) } } : []
      recordMore(look, proof, new + look.runOut)
    case (false, false): break
    }
  }

  /// That a line that was open has other open gaps besides: what changed brought them, or they are accepted no longer.
  private func recordMore(_ look: Look, _ proof: Int64, _ new: [Gap]) {
    guard look.before?.isOpen ?? false, !new.isEmpty else { return }
    record(ProofNews.added, proof, look.found.line, look.verdict.outcome, gaps: look.verdict.gaps.count, new: look.places(of: new))
  }

  /// - Parameter new: the places of the gaps that people are told of.
  private func record(_ news: ProofNews, _ proof: Int64, _ line: Int64, _ outcome: BackToBack.Outcome, gaps: Int, new: [Int64] = []) {
    transaction.record(
      Event(
        subjectKind: "proof", subject: proof, seq: news.seq, type: news.rawValue,
        payload: .object([
          "line": .integer(line), "outcome": .text(outcome.rawValue), "gaps": .integer(Int64(gaps)), "new": .array(new.map { .integer($0) }),
        ]), occurredAt: now), for: new.isEmpty ? [] : ["notifications"], tenant: tenant, actor: actor, at: now)
  }
}

extension StandingOfLines.Found {
  /// Whether a proof says nothing that the one that stands does not say.
  fileprivate func isSame(_ verdict: BackToBack.Verdict, _ inputs: [ProofInput], isOpen: Bool) -> Bool {
    outcome == verdict.outcome && gapKeys == verdict.gapKeys && self.isOpen == isOpen
      && self.inputs == inputs.map { "\($0.kind.rawValue) \($0.id) \($0.version)" }
  }
}

extension OperationContext {
  var contractProof: ContractProof { ContractProof(tenant: tenant.id, transaction: transaction, actor: actor, random: random, now: now) }

  /// What holds for a contract: its own policy, else the installation's, else `advised`.
  func proofPolicy(of contract: Int64) async throws -> ProofPolicy {
    let (own, general) = try await transaction.query(ContractPolicy(tenant: tenant.id, contract: contract), InstallationPolicy())
    return (own.first ?? nil) ?? (general.first ?? nil) ?? .advised
  }

  func provenContract(_ id: PublicId) async throws -> ProvenContract.Found? {
    try await transaction.first(ProvenContract(tenant: tenant.id, publicId: id))
  }

  func provenLine(_ id: PublicId) async throws -> ProvenLine.Found? { try await transaction.first(ProvenLine(tenant: tenant.id, publicId: id)) }
}
