import Gates
import Kernel
import Operations

/// What stands before the steps that an incident has yet to take.
package enum ListGatesOfIncident: Operation {
  package typealias Input = IncidentReference

  package static let declaration = Declaration(
    "incident.gates", "Read which gates stand before the next steps of an incident, what is missing, and how it passed others.",
    zh: "查看事件后续步骤前的关卡、缺少的内容以及已经过的关卡。", permission: GateRights.read, roles: GateRights.readers, reach: .oneAndProvider(by: "id"),
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> GateSituation {
    let ticket = try await context.ticket(input.id)
    return try await context.gateSituation(
      ticket.publicId, priority: { try await context.judgedPriority(of: ticket) }, cameAnewAt: { try await context.lastReopening(of: ticket) },
      before: ticket.stepsAhead
    ) {
      try await context.facts(of: ticket, needed: $0)
    }
  }
}

/// Lets an incident pass a gate that it is yet to come to: whoever takes the step afterwards needs no right to bypass it.
package enum BypassGate: Operation {
  package typealias Input = GateBypass<IncidentReference>

  package static let declaration = Declaration(
    "incident.bypass_gate", "Let an incident pass a gate without what that asks for, with the reason.", zh: "说明理由后放行事件通过关卡。", permission: GateRights.bypass,
    roles: GateRights.bypassers, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    var work = try await TicketWork.begin(on: input.subject.id, in: context, comparesVersion: false)
    let ticket = work.ticket
    let passing = try await context.letPass(
      input.gate, because: input.reason, ticket.publicId, priority: { try await context.judgedPriority(of: ticket) },
      cameAnewAt: { try await context.lastReopening(of: ticket) }, before: ticket.stepsAhead)
    work.note(TicketEventType.gateBypassed, .object(passing.payload))
    work.save(countsVersion: false)
    return work.record
  }
}
