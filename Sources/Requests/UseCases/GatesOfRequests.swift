import Attributes
import Gates
import Kernel
import Operations
import Postgres
import Tenancy

/// What stands before the steps that a request has yet to take.
package enum ListGatesOfRequest: Operation {
  package typealias Input = RequestReference

  package static let declaration = Declaration(
    "request.gates", "Read which gates stand before the next steps of a request, what is missing, and how it passed others.",
    zh: "查看请求后续步骤前的关卡、缺少的内容以及已经过的关卡。", permission: GateRights.read, roles: GateRights.readers, reach: .oneAndProvider(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> GateSituation {
    let row = try await context.request(input.id)
    let tasks = try await context.transaction.query(TasksOfRequest(tenant: context.tenant.id, request: row.id))
    let process = RequestProcess(request: row.facts, tasks: tasks)
    // What came of a task is given with the act.
    return try await context.gateSituation(
      of: .request, input.id.random, priority: { try await row.highestPriority(of: context.tenant.id, in: context.transaction) }, before: process.stepsAhead
    ) { needed in
      GateNeeds(
        attributes: try await context.attributesThere(needed.attributes, in: row.attributes, of: .request, customer: context.tenant.id))
    }
  }
}

/// Lets a request pass a gate that it is yet to come to.
package enum BypassGateOfRequest: Operation {
  package typealias Input = GateBypass<RequestReference>

  package static let declaration = Declaration(
    "request.bypass_gate", "Let a request pass a gate without what that asks for, with the reason.", zh: "说明理由后放行请求通过关卡。",
    permission: GateRights.bypass, roles: GateRights.bypassers, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    let row = try await context.request(input.subject.id)
    var work = try await context.requestWork(row.id)
    let passing = try await context.letPass(
      input.gate, because: input.reason, of: .request, input.subject.id.random,
      priority: { try await row.highestPriority(of: context.tenant.id, in: context.transaction) }, before: work.process.stepsAhead)
    work.process.noteGate(passing.event, passing.payload, at: context.now)
    try await work.save(countsVersion: false)
    return try await context.requestOutput(input.subject.id)
  }
}

extension RequestProcess {
  /// The steps that it has yet to take, before which gates may stand.
  fileprivate var stepsAhead: [GateStep] {
    switch request.state {
    case .submitted, .awaitingApproval, .approved: [.claimTask, .completeTask]
    case .fulfilling: hasWorkBegun ? [.completeTask] : [.claimTask, .completeTask]
    case .rejected, .fulfilled, .closed, .withdrawn, .cancelled: []
    }
  }
}

extension RequestWork {
  /// Passes the gates before what an act has done in memory: its fulfilment starts, or ends.
  /// - Parameter result: what came of the task.
  mutating func pass(_ gates: GatesAhead?, result: String?, in context: OperationContext) async throws {
    guard let gates else { return }
    let (tenant, request) = (tenant.id, held.id)
    var taken: [GateStep] = []
    if !before.hasWorkBegun, process.hasWorkBegun { taken.append(.claimTask) }
    if before.request.state != .fulfilled, process.request.state == .fulfilled { taken.append(.completeTask) }
    let asJudged = HoldRequestAtVersion(judged: JudgedRow(of: tenant, request, version: held.version))
    let highest = HighestPriorityOfRequest(
      tenant: tenant, request: request, submittedAt: held.submittedAt, priority: process.request.rating.priority)
    let transaction = transaction
    let passings = try await gates.pass(
      GateFacts(
        of: held.publicId, priority: { try await transaction.first(highest) ?? highest.priority },
        present: { needed in
          let facts: Set<GateFact> = result == nil ? [] : needed.facts.intersection([.result])
          guard !needed.attributes.isEmpty else { return GateNeeds(facts: facts) }
          let told = try await context.transaction.first(AttributesOfRequest(tenant: tenant, request: request)) ?? HeldAttributes()
          let attributes = try await context.attributesThere(needed.attributes, in: told, of: .request, customer: tenant)
          return GateNeeds(facts: facts, attributes: attributes)
        },
        hold: { transaction in try await transaction.first(asJudged) != nil }), taking: taken)
    for passing in passings { process.noteGate(passing.event, passing.payload, at: now) }
  }
}

extension RequestRow {
  fileprivate func highestPriority(of tenant: TenantId, in transaction: Transaction) async throws -> Int64 {
    let highest = HighestPriorityOfRequest(tenant: tenant, request: id, submittedAt: submittedAt, priority: facts.rating.priority)
    return try await transaction.first(highest) ?? highest.priority
  }
}

/// The highest priority of a request since it was ordered or last reopened, as its history tells it: by that gates judge it, for a lower one just before
/// the step is no way round them. Asked for only where a gate is for one priority.
private struct HighestPriorityOfRequest: Statement {
  let tenant: TenantId
  let request: Int64
  /// Nothing of the request is older: spares the older partitions.
  let submittedAt: Instant
  /// What it has now.
  let priority: Int64

  static let sql = """
    with story as (
      select e.seq, e.type, (e.payload #>> '{from,priority}')::bigint as priority from operations.event e
      where e.tenant_id = $1 and e.subject_kind = 'request' and e.subject_id = $2 and e.recorded_at >= $3
        and e.type in ('request.classified', 'request.reopened'))
    select least($4::bigint, min(s.priority)) from story s
    where s.seq > coalesce((select max(r.seq) from story r where r.type = 'request.reopened'), 0)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(submittedAt)
    parameters.append(priority)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct HoldRequestAtVersion: HoldAsJudged {
  let judged: JudgedRow

  static let sql = "select r.id from requests.request r where r.tenant_id = $1 and r.id = $2 and r.version = $3 for update"
}
