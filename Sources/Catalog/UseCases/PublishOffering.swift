import Kernel
import Operations

package enum DraftOffering: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let content: OfferingContent

    package static let fields: [any InputField] = [OfferingReference.id] + OfferingContent.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[OfferingReference.id]
      content = try OfferingContent(values)
    }
  }

  package static let declaration = Declaration(
    "offering.draft", "Write the next version of an offering, whole: what is published stays until it is published.",
    zh: "编写服务项的下一版本（完整内容）；发布前不影响已发布版本。", permission: "catalogue.manage", roles: CatalogRights.managers,
    scopes: CatalogRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> OfferingOutput {
    let row = try await context.offering(input.id)
    try context.requireVersion(row.version)
    let state = try CatalogRule.state(row.state, after: .draft)
    _ = try await context.checked(input.content)
    try await context.saveDraft(input.content, of: row, state)
    return try await context.offeringOutput(input.id)
  }
}

package enum PublishOffering: Operation {
  package typealias Input = OfferingReference

  package static let declaration = Declaration(
    "offering.publish", "Publish the draft of an offering as its next version, which never changes.", zh: "将服务项草稿发布为下一版本；已发布版本不再更改。",
    permission: "catalogue.manage", roles: CatalogRights.managers, scopes: CatalogRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> OfferingOutput {
    let row = try await context.offering(input.id)
    try context.requireVersion(row.version)
    _ = try CatalogRule.state(row.state, after: .publish)
    guard let draft = row.draft else { throw Failure(.conflict, CatalogMessages.noDraft) }
    let content = try OfferingContent.read(draft)
    let service = try await context.service(context.id(.service, row.servicePublicId), path: "service")
    let state = service.content.life.state(on: context.today)
    guard state == .catalogue else {
      throw Failure(.conflict, CatalogMessages.notInCatalogue, ["code": service.code, "state": state.rawValue])
    }
    try await context.publish(content, of: row, teams: try await context.checked(content))
    return try await context.offeringOutput(input.id)
  }
}

package enum RetireOffering: Operation {
  package typealias Input = OfferingReference

  package static let declaration = Declaration(
    "offering.retire", "Retire an offering: it cannot be ordered any more; what was ordered stays.", zh: "停用服务项：不可再申请；已提交的请求保留。",
    permission: "catalogue.manage", roles: CatalogRights.managers, scopes: CatalogRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> OfferingOutput {
    let row = try await context.offering(input.id)
    try context.requireVersion(row.version)
    try await context.retire(row)
    return try await context.offeringOutput(input.id)
  }
}

extension OperationContext {
  func saveDraft(_ content: OfferingContent, of row: OfferingRow, _ state: OfferingState) async throws {
    // Before its first version an offering is called as its draft.
    let name = row.seq == nil ? content.name : row.name
    try await advance(row, name: name, state, seq: row.seq, "drafted")
    transaction.enqueue(SaveDraft(offering: row.id, content: content.stored, now: now))
  }

  func publish(_ content: OfferingContent, of row: OfferingRow, teams: [String: Int64]) async throws {
    let state = try CatalogRule.state(row.state, after: .publish)
    let seq = (row.seq ?? 0) + 1
    try await advance(row, name: content.name, state, seq: seq, "published")
    let inserted = try await transaction.first(
      InsertOfferingVersion(offering: row.id, seq: seq, content: content.with([]).stored, now: now))
    guard let version = inserted else { throw beaten }
    if !content.tasks.isEmpty { transaction.enqueue(InsertTasks(version: version, tasks: content.tasks, teams: teams)) }
    transaction.enqueue(DeleteDraft(offering: row.id))
  }

  func retire(_ row: OfferingRow) async throws {
    try await advance(row, name: row.name, try CatalogRule.state(row.state, after: .retire), seq: row.seq, "retired")
  }

  private func advance(_ row: OfferingRow, name: LocalText, _ state: OfferingState, seq: Int64?, _ what: String) async throws {
    let updated = try await transaction.first(UpdateOffering(id: row.id, version: row.version, name: name, state: state, seq: seq))
    guard let version = updated else { throw beaten }
    note("offering", row.id, version, what, .object(["offering": .id(id(.offering, row.publicId)), "published": .integer(seq)]))
  }
}
