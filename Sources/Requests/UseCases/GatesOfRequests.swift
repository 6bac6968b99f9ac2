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
    return try await context.gateSituation(of: .request, input.id.random, before: process.stepsAhead) { needed in
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
      input.gate, because: input.reason, of: .request, input.subject.id.random, before: work.process.stepsAhead)
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
    let passings = try await gates.pass(
      GateFacts(
        of: held.publicId,
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

private struct HoldRequestAtVersion: HoldAsJudged {
  let judged: JudgedRow

  static let sql = "select r.id from requests.request r where r.tenant_id = $1 and r.id = $2 and r.version = $3 for update"
}
