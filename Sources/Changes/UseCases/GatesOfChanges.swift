import Attributes
import Gates
import Kernel
import Operations
import Postgres
import Requests

/// What stands before the steps that a change has yet to take.
package enum ListGatesOfChange: Operation {
  package typealias Input = ChangeReference

  package static let declaration = Declaration(
    "change.gates", "Read which gates stand before the next steps of a change, what is missing, and how it passed others.",
    zh: "查看变更后续步骤前的关卡、缺少的内容以及已经过的关卡。", permission: GateRights.read, roles: GateRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> GateSituation {
    var row = try await context.change(input.id)
    row.process.board = TaskBoard(try await context.transaction.query(TasksOfChange(provider: context.provider.id, change: row.id)))
    let found = row
    return try await context.gateSituation(of: .change, row.publicId, version: row.version, before: row.process.stepsAhead) {
      try await context.facts(of: found, needed: $0)
    }
  }
}

/// Lets a change pass a gate that it is yet to come to.
package enum BypassGateOfChange: Operation {
  package typealias Input = GateBypass<ChangeReference>

  package static let declaration = Declaration(
    "change.bypass_gate", "Let a change pass a gate without what that asks for, with the reason.", zh: "说明理由后放行变更通过关卡。",
    permission: GateRights.bypass, roles: GateRights.bypassers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.subject.id, in: context, comparesVersion: false)
    let passing = try await context.letPass(
      input.gate, because: input.reason, of: .change, work.row.publicId, before: work.row.process.stepsAhead)
    work.note(passing.event, passing.payload, of: passing.customer)
    try await work.save(countsVersion: false)
    return try await work.record(in: context)
  }
}

extension ChangeProcess {
  /// The steps that it has yet to take, before which gates may stand.
  fileprivate var stepsAhead: [GateStep] {
    switch state {
    case .draft, .assessed, .rejected: [.submitChange, .startChange, .closeChange]
    case .awaitingApproval, .approved: [.startChange, .closeChange]
    case .implementing, .implemented, .backedOut: [.closeChange]
    case .closed, .cancelled: []
    }
  }
}

extension ChangeWork {
  /// Passes the gates before a step that is done in memory; what passing them tells goes into the history.
  mutating func pass(_ gates: GatesAhead?, in context: OperationContext) async throws {
    guard let gates else { return }
    let work = self
    let row = row
    let asJudged = HoldChangeAtVersion(judged: JudgedRow(of: provider.id, row.id, version: row.version))
    let passings = try await gates.pass(
      GateFacts(
        of: row.publicId, version: row.version, present: { try await context.facts(of: row, needed: $0) },
        concerned: { try await work.concerned() }, hold: { transaction in try await transaction.first(asJudged) != nil }))
    for passing in passings { note(passing.event, passing.payload, of: passing.customer) }
  }
}

extension OperationContext {
  fileprivate func facts(of row: ChangeRow, needed: GateNeeds) async throws -> GateNeeds {
    let attributes = try await attributesThere(needed.attributes, in: row.attributes, of: .change, customer: nil)
    var present = GateNeeds(facts: needed.facts.filter(row.has), attributes: attributes)
    guard needed.facts.contains(.cis) else { return present }
    let named = try await transaction.query(CiLinks(provider: provider.id, change: row.id, customers: nil))
    if !named.isEmpty { present.facts.insert(.cis) }
    return present
  }
}

extension ChangeRow {
  fileprivate func has(_ fact: GateFact) -> Bool {
    func isThere(_ text: String?) -> Bool { !(text ?? "").isEmpty }
    return switch fact {
    case .description: isThere(description)
    case .owner: owner != nil
    case .publicText: isThere(publicText)
    case .plan: isThere(process.plan)
    case .backOut: isThere(process.backOut)
    case .test: isThere(process.test)
    case .tasks: !process.board.tasks.isEmpty
    case .review: isThere(process.review)
    default: false
    }
  }
}

private struct HoldChangeAtVersion: HoldAsJudged {
  let judged: JudgedRow

  static let sql = "select c.id from changes.change c where c.tenant_id = $1 and c.id = $2 and c.version = $3 for update"
}
