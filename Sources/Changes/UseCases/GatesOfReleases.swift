import Attributes
import Gates
import Kernel
import Operations
import Postgres
import Tenancy

/// What stands before the steps that a release has yet to take.
package enum ListGatesOfRelease: Operation {
  package typealias Input = ReleaseReference

  package static let declaration = Declaration(
    "release.gates", "Read which gates stand before the next steps of a release, what is missing, and how it passed others.",
    zh: "查看发布后续步骤前的关卡、缺少的内容以及已经过的关卡。", permission: GateRights.read, roles: GateRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> GateSituation {
    let row = try await context.release(input.id)
    return try await context.gateSituation(of: .release, row.publicId, version: row.version, before: row.process.state.stepsAhead) {
      try await context.facts(of: row, needed: $0)
    }
  }
}

/// Lets a release pass a gate that it is yet to come to.
package enum BypassGateOfRelease: Operation {
  package typealias Input = GateBypass<ReleaseReference>

  package static let declaration = Declaration(
    "release.bypass_gate", "Let a release pass a gate without what that asks for, with the reason.", zh: "说明理由后放行发布通过关卡。",
    permission: GateRights.bypass, roles: GateRights.bypassers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    var work = try await ReleaseWork.begin(on: input.subject.id, in: context)
    let passing = try await context.letPass(
      input.gate, because: input.reason, of: .release, work.row.publicId, before: work.row.process.state.stepsAhead)
    work.note(passing.event, passing.payload, of: passing.customer)
    return work.save(countsVersion: false)
  }
}

extension ReleaseState {
  /// The steps that it has yet to take, before which gates may stand. It goes out as often as there are places.
  fileprivate var stepsAhead: [GateStep] {
    switch self {
    case .planning, .piloting: [.signOffRelease, .deployRelease, .closeRelease]
    case .signedOff, .deployed: [.deployRelease, .closeRelease]
    case .closed, .cancelled: []
    }
  }
}

extension ReleaseWork {
  /// Passes the gates before a step that is done in memory; what passing them tells goes into the history.
  mutating func pass(_ gates: GatesAhead?) async throws {
    guard let gates else { return }
    let work = self
    let asJudged = HoldReleaseAtVersion(judged: JudgedRow(of: context.provider.id, row.id, version: row.version))
    let passings = try await gates.pass(
      GateFacts(
        of: row.publicId, version: row.version, present: { try await work.context.facts(of: work.row, needed: $0) },
        concerned: { work.customers(of: try await work.concerned()) }, hold: { other in try await other.first(asJudged) != nil }))
    for passing in passings { note(passing.event, passing.payload, of: passing.customer) }
  }
}

extension OperationContext {
  fileprivate func facts(of row: ReleaseRow, needed: GateNeeds) async throws -> GateNeeds {
    let attributes = try await attributesThere(needed.attributes, in: row.attributes, of: .release, customer: nil)
    return GateNeeds(facts: needed.facts.filter(row.has), attributes: attributes)
  }
}

extension ReleaseRow {
  fileprivate func has(_ fact: GateFact) -> Bool {
    switch fact {
    case .description: !description.isEmpty
    case .owner: owner != nil
    case .pilot: process.pilotResult != nil
    default: false
    }
  }
}

private struct HoldReleaseAtVersion: HoldAsJudged {
  let judged: JudgedRow

  static let sql = "select r.id from changes.release r where r.tenant_id = $1 and r.id = $2 and r.version = $3 for update"
}
