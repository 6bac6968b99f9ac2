import Attributes
import Gates
import Kernel
import Operations
import Postgres

/// What stands before the steps that a problem has yet to take.
package enum ListGatesOfProblem: Operation {
  package typealias Input = ProblemReference

  package static let declaration = Declaration(
    "problem.gates", "Read which gates stand before the next steps of a problem, what is missing, and how it passed others.",
    zh: "查看问题后续步骤前的关卡、缺少的内容以及已经过的关卡。", permission: GateRights.read, roles: GateRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> GateSituation {
    let row = try await context.problem(input.id)
    return try await context.gateSituation(
      of: .problem, row.publicId, version: row.version, priority: { try await context.judgedPriority(of: row) },
      before: row.process.state.stepsAhead
    ) {
      try await context.facts(of: row, needed: $0)
    }
  }
}

/// Lets a problem pass a gate that it is yet to come to.
package enum BypassGateOfProblem: Operation {
  package typealias Input = GateBypass<ProblemReference>

  package static let declaration = Declaration(
    "problem.bypass_gate", "Let a problem pass a gate without what that asks for, with the reason.", zh: "说明理由后放行问题通过关卡。",
    permission: GateRights.bypass, roles: GateRights.bypassers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemRecord {
    var work = try await ProblemWork.begin(on: input.subject.id, in: context, comparesVersion: false)
    let row = work.row
    // Whoever answers for it does not answer for what all customers' gates ask.
    if row.customer == nil { try context.requireEveryCustomer() }
    let passing = try await context.letPass(
      input.gate, because: input.reason, of: .problem, row.publicId, priority: { try await context.judgedPriority(of: row) },
      before: row.process.state.stepsAhead)
    work.note(passing.event, .object(passing.payload), of: passing.customer)
    work.save(countsVersion: false)
    return work.record
  }
}

extension ProblemState {
  /// The steps that it has yet to take, before which gates may stand.
  fileprivate var stepsAhead: [GateStep] {
    switch self {
    case .new, .investigating: [.declareKnownError, .resolveProblem, .closeProblem]
    case .knownError: [.resolveProblem, .closeProblem]
    case .resolved: [.closeProblem]
    case .closed, .cancelled: []
    }
  }
}

extension ProblemWork {
  /// Passes the gates before a step that is done in memory; what passing them tells goes into the history.
  /// - Parameter known: what is said with the act.
  mutating func pass(_ gates: GatesAhead?, known: Set<GateFact>) async throws {
    let (context, row) = (context, row)
    guard let gates else {
      // Whom no gate asks leaves those behind that it does not come to any more.
      if row.process.state == .resolved { context.leaveGates(row.publicId, of: .problem, besides: .closeProblem) }
      return
    }
    let asJudged = HoldProblemAtVersion(judged: JudgedRow(of: context.provider.id, row.id, version: row.version))
    let passings = try await gates.pass(
      GateFacts(
        of: row.publicId, version: row.version, priority: { try await context.judgedPriority(of: row) },
        present: { try await context.facts(of: row, needed: $0).union(known) }, concerned: { [row.customer?.id].compactMap(\.self) },
        hold: { transaction in try await transaction.first(asJudged) != nil }))
    for passing in passings { note(passing.event, .object(passing.payload), of: passing.customer) }
  }
}

extension OperationContext {
  /// The highest priority of a problem since it was opened or last reopened: by that gates judge it, for a lower one just before the step is
  /// no way round them.
  fileprivate func judgedPriority(of row: ProblemRow) async throws -> Int64 {
    let highest = HighestPriorityOfProblem(provider: provider.id, problem: row.id, openedAt: row.openedAt)
    let told = try await transaction.first(highest) ?? nil
    return min(row.priority, told ?? row.priority)
  }

  fileprivate func facts(of row: ProblemRow, needed: GateNeeds) async throws -> GateNeeds {
    let attributes = try await attributesThere(needed.attributes, in: row.attributes, of: .problem, customer: row.customer?.id)
    var present = GateNeeds(facts: needed.facts.filter(row.has), attributes: attributes)
    if needed.facts.contains(.cis), try await transaction.first(HasCis(provider: provider.id, problem: row.id)) != nil { present.facts.insert(.cis) }
    return present
  }
}

extension ProblemRow {
  fileprivate func has(_ fact: GateFact) -> Bool {
    switch fact {
    case .description: !description.isEmpty
    case .category: category != nil
    case .owner: owner != nil
    case .cause: process.cause != nil
    case .causeCode: process.causeCode != nil
    case .workaround: process.workaround != nil
    case .article: article != nil
    default: false
    }
  }
}

private struct HoldProblemAtVersion: HoldAsJudged {
  let judged: JudgedRow

  static let sql = "select p.id from problems.problem p where p.tenant_id = $1 and p.id = $2 and p.version = $3 for update"
}

/// As the history of a problem tells it; asked for only where a gate is for one priority.
private struct HighestPriorityOfProblem: Statement {
  let provider: TenantId
  let problem: Int64
  /// Nothing of the problem is older: spares the older partitions.
  let openedAt: Instant

  // One that was reopened has the priority that it had then.
  static let sql = """
    with story as (
      select e.seq, e.type, (e.payload ->> 'priority')::bigint as priority from operations.event e
      where e.tenant_id = $1 and e.subject_kind = 'problem' and e.subject_id = $2 and e.recorded_at >= $3
        and e.type in ('problem.opened', 'problem.changed', 'problem.reopened')),
    reopened as (select coalesce(max(seq), 0) as seq from story where type = 'problem.reopened')
    select min(s.priority) from story s cross join reopened r
    where s.seq > r.seq or s.seq = (select max(b.seq) from story b where b.seq < r.seq and b.priority is not null)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(openedAt)
  }

  static func decode(_ row: inout RowReader) throws -> Int64? { try row.next() }
}

private struct HasCis: Statement {
  let provider: TenantId
  let problem: Int64

  static let sql = "select l.ci_id from problems.ci_link l where l.tenant_id = $1 and l.problem_id = $2 limit 1"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
