import Kernel
import Operations

/// Takes an SLA or OLA that nobody uses any more out of what may be sold. It stays readable, and so does all that was judged by it.
package enum RetireSla: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    static let id = Field.id("id", .sla, "The SLA.", "SLA 编号。")

    package static let fields: [any InputField] = [id]

    package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
  }

  package static let declaration = Declaration(
    "sla.retire", "Retire an SLA or OLA that nothing in force or planned uses: nothing new may name it.", zh: "停用不再被使用的 SLA 或 OLA：新的合同行与协议不可再引用。",
    permission: "sla.manage", roles: Rights.managers, scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  /// As many lines, or templates, as a refusal names.
  private static let named = 10

  package static func run(_ input: Input, in context: OperationContext) async throws -> SlaOutput {
    // Written first: a line or template that is being written meanwhile holds the SLA, and is seen below.
    let sla = try await context.set(.retired, of: input.id, refused: ContractsMessages.slaIsRetired)
    let uses = try await context.transaction.query(LinesOfSla(sla: sla, at: context.now, limit: 201))
    guard uses.isEmpty else { throw refusal(uses) }
    let templates = try await context.transaction.query(TemplatesOfSla(sla: input.id, limit: Int64(named) + 1))
    guard templates.isEmpty else { throw Failure(.conflict, ContractsMessages.slaInTemplates, ["templates": told(templates)]) }
    return try await context.slaOutput(input.id, at: context.now)
  }

  private static func refusal(_ uses: [String]) -> Failure {
    Failure(
      .conflict, ContractsMessages.slaInUse,
      [
        "count": uses.count > 200 ? "200+" : String(uses.count),
        "lines": told(uses),
      ])
  }

  private static func told(_ names: [String]) -> String { names.prefix(named).joined(separator: "; ") + (names.count > named ? "; ..." : "") }
}

package enum RestoreSla: Operation {
  package typealias Input = RetireSla.Input

  package static let declaration = Declaration(
    "sla.restore", "Let a retired SLA or OLA be used again.", zh: "恢复已停用的 SLA 或 OLA。", permission: "sla.manage", roles: Rights.managers,
    scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SlaOutput {
    _ = try await context.set(.active, of: input.id, refused: ContractsMessages.slaIsActive)
    return try await context.slaOutput(input.id, at: context.now)
  }
}

extension OperationContext {
  /// - Parameter refused: why not, when it is in this state already.
  /// - Returns: the SLA's row.
  fileprivate func set(_ state: SlaState, of id: PublicId, refused: Message) async throws -> Int64 {
    guard let head = try await transaction.first(SlaHead(publicId: id, customers: reachableCustomers)) else { throw Failure.notFound }
    try requireVersion(head.version)
    guard head.state != state else { throw Failure(.conflict, refused) }
    guard let version = try await transaction.first(SetSlaState(id: head.id, version: head.version, state: state)) else { throw beaten }
    subject(id)
    record(
      Event(
        subjectKind: "sla", subject: head.id, seq: version, type: state == .retired ? "sla.retired" : "sla.restored", payload: .object(["sla": .id(id)]),
        occurredAt: now))
    return head.id
  }
}
