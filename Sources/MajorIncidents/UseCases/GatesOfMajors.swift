import Attributes
import Gates
import Kernel
import Operations
import Postgres
import Tenancy

/// What stands before a major incident can be resolved.
package enum ListGatesOfMajor: Operation {
  package typealias Input = MajorReference

  package static let declaration = Declaration(
    "major_incident.gates", "Read which gates stand before the next steps of a major incident, what is missing, and how it passed others.",
    zh: "查看重大事件后续步骤前的关卡、缺少的内容以及已经过的关卡。", permission: GateRights.read, roles: GateRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> GateSituation {
    let row = try await context.major(input.id)
    return try await context.gateSituation(of: .majorIncident, row.publicId, before: row.process.state.stepsAhead) {
      try await context.facts(of: row, needed: $0)
    }
  }
}

/// Lets a major incident pass a gate that it is yet to come to.
package enum BypassGateOfMajor: Operation {
  package typealias Input = GateBypass<MajorReference>

  package static let declaration = Declaration(
    "major_incident.bypass_gate", "Let a major incident pass a gate without what that asks for, with the reason.", zh: "说明理由后放行重大事件通过关卡。",
    permission: GateRights.bypass, roles: GateRights.bypassers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MajorRecord {
    var work = try await MajorWork.begin(on: input.subject.id, in: context, comparesVersion: false, where: context.access.reaches)
    guard !work.customers.isEmpty || context.reachableCustomers == nil else { throw Failure(.denied, MajorMessages.servesEach) }
    let passing = try await context.letPass(
      input.gate, because: input.reason, of: .majorIncident, work.row.publicId, before: work.row.process.state.stepsAhead)
    work.note(passing.event, .object(passing.payload), of: passing.customer)
    work.save(countsVersion: false)
    return try await work.record()
  }
}

extension MajorState {
  /// The steps that it has yet to take, before which gates may stand.
  fileprivate var stepsAhead: [GateStep] { isOpen ? [.resolveMajor] : [] }
}

extension MajorWork {
  /// Passes the gates before a step; what passing them tells goes into the history. Its version moves with every entry of the log: what was agreed to
  /// holds until the step is taken.
  mutating func pass(_ gates: GatesAhead?) async throws {
    guard let gates else { return }
    let work = self
    let asJudged = HoldMajorAtVersion(judged: JudgedRow(of: context.provider.id, row.id, version: row.version))
    let passings = try await gates.pass(
      GateFacts(
        of: row.publicId, present: { try await work.context.facts(of: work.row, needed: $0) }, concerned: { work.customers },
        hold: { other in try await other.first(asJudged) != nil }))
    for passing in passings { note(passing.event, .object(passing.payload), of: passing.customer) }
  }
}

extension OperationContext {
  fileprivate func facts(of row: MajorRow, needed: GateNeeds) async throws -> GateNeeds {
    let attributes = try await attributesThere(needed.attributes, in: row.attributes, of: .majorIncident, customer: nil)
    return GateNeeds(facts: needed.facts.filter(row.has), attributes: attributes)
  }
}

extension MajorRow {
  fileprivate func has(_ fact: GateFact) -> Bool {
    switch fact {
    case .description: !description.isEmpty
    case .owner: lead != nil
    case .mitigation: !(process.mitigation ?? "").isEmpty
    default: false
    }
  }
}

private struct HoldMajorAtVersion: HoldAsJudged {
  let judged: JudgedRow

  static let sql = "select m.id from major_incidents.major_incident m where m.tenant_id = $1 and m.id = $2 and m.version = $3 for update"
}
