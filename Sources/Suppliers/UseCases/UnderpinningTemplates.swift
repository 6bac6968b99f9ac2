import Kernel
import Operations
import Renewals

/// What contracts with suppliers are made from (`underpinning_contract.create` with `template`). Its content is copied then: a later edit changes no
/// contract that there is.
package struct UnderpinningTemplateOutput: OperationOutput {
  let id: PublicId
  let row: TemplateRow

  init(_ row: TemplateRow, in context: OperationContext) {
    id = context.id(.underpinningTemplate, row.publicId)
    self.row = row
  }

  package static let fields: [OutputField<UnderpinningTemplateOutput>] = [
    OutputField("id", .id, "The template.", "模板编号。") { .id($0.id) },
    OutputField("name", .text, "Its name.", "名称。") { .text($0.row.name) },
    OutputField("state", .text, "active or retired.", "状态：active（启用）或 retired（停用）。") { .text($0.row.state) },
    OutputField("content", .document, "What is copied: the fields of underpinning_template.create.", "被复制的内容：与 underpinning_template.create 的字段相同。") {
      $0.row.content
    },
    OutputField("recordedAt", .instant, "When this state of it was recorded.", "此内容的登记时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

package enum UnderpinningTemplateFields: NamesRecord {
  package static let id = Field.id("id", .underpinningTemplate, "The template.", "模板编号。")
  static let name = Field.text("name", 1...120, "Its name, unique.", "名称，不可重复。")
  static let state = Field.oneOf("state", ["active", "retired"], "A retired template makes no more contracts.", "停用后不可再用于新建合同。")
}

package enum CreateUnderpinningTemplate: Operation {
  package struct Input: OperationInput {
    let name: String
    let content: UnderpinningTemplateContent

    package static let fields: [any InputField] = [UnderpinningTemplateFields.name] + UnderpinningTemplateContent.fields

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[UnderpinningTemplateFields.name]
      content = try UnderpinningTemplateContent(values)
    }
  }

  package static let declaration = Declaration(
    "underpinning_template.create", "Make a template for contracts with suppliers.", zh: "新建支撑合同模板。", permission: "supplier.manage",
    roles: SupplierRights.managers, scopes: SupplierRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> UnderpinningTemplateOutput {
    try await context.check(input.content)
    let id = context.newId(.underpinningTemplate)
    guard let template = try await context.transaction.first(InsertTemplate(publicId: id, name: input.name, now: context.now)) else {
      throw Failure.notFound
    }
    context.transaction.enqueue(InsertTemplateVersion(template: template, seq: 1, content: input.content.value, now: context.now))
    context.record(
      Event(
        subjectKind: "underpinning_template", subject: template, seq: 1, type: "underpinning_template.created", payload: .object(["template": .id(id)]),
        occurredAt: context.now))
    return try await context.underpinningTemplateOutput(id)
  }
}

package enum ReviseUnderpinningTemplate: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<String>
    let state: Change<String>
    let content: UnderpinningTemplateChange

    package static let fields: [any InputField] =
      [UnderpinningTemplateFields.id, UnderpinningTemplateFields.name.change, UnderpinningTemplateFields.state.change] + UnderpinningTemplateChange.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[UnderpinningTemplateFields.id]
      name = try values[UnderpinningTemplateFields.name.change]
      state = try values[UnderpinningTemplateFields.state.change]
      content = try UnderpinningTemplateChange(values)
    }
  }

  package static let declaration = Declaration(
    "underpinning_template.revise",
    "Revise a template for contracts with suppliers: what is not given is kept, and contracts that were made from it stay as they are.",
    zh: "修订支撑合同模板；未填写的内容保持不变，由其新建的合同不受影响。", permission: "supplier.manage", roles: SupplierRights.managers,
    scopes: SupplierRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> UnderpinningTemplateOutput {
    guard let row = try await context.transaction.first(TemplateByPublicId(publicId: input.id)) else { throw Failure.notFound }
    try context.requireVersion(row.version)
    let old = try row.underpinningContent
    let content = input.content.applied(to: old)
    if input.content.costs == nil { try old.requireCosts(in: try UnderpinningRule.currency(content.currency)) }
    try await context.check(content)
    let advanced = try await context.transaction.first(
      AdvanceTemplate(id: row.id, version: row.version, name: input.name.applied(to: row.name), state: input.state.applied(to: row.state)))
    guard let version = advanced else { throw context.beaten }
    context.transaction.enqueue(InsertTemplateVersion(template: row.id, seq: version, content: content.value, now: context.now))
    context.record(
      Event(
        subjectKind: "underpinning_template", subject: row.id, seq: version, type: "underpinning_template.revised",
        payload: .object(["template": .id(input.id)]), occurredAt: context.now))
    return try await context.underpinningTemplateOutput(input.id)
  }
}

package enum ReadUnderpinningTemplate: Operation {
  package typealias Input = ReferenceInput<UnderpinningTemplateFields>

  package static let declaration = Declaration(
    "underpinning_template.read", "Read a template for contracts with suppliers.", zh: "查看支撑合同模板。", permission: "supplier.read",
    roles: SupplierRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> UnderpinningTemplateOutput {
    try await context.underpinningTemplateOutput(input.id)
  }
}

package enum ListUnderpinningTemplates: Operation {
  package typealias Input = PageInput

  package static let declaration = Declaration(
    "underpinning_template.list", "List the templates for contracts with suppliers by name.", zh: "按名称列出支撑合同模板。", permission: "supplier.read",
    roles: SupplierRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<UnderpinningTemplateOutput> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(
      TemplatesByName(afterName: try after?.text(0) ?? "", afterId: try after?.integer(1) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit) {
      PageCursor([.text($0.name), .integer($0.id)])
    } element: {
      UnderpinningTemplateOutput($0, in: context)
    }
  }
}

extension OperationContext {
  fileprivate func underpinningTemplateOutput(_ id: PublicId) async throws -> UnderpinningTemplateOutput {
    guard let row = try await transaction.first(TemplateByPublicId(publicId: id)) else { throw Failure.notFound }
    if operation.effect.writes { subject(id) }
    return UnderpinningTemplateOutput(row, in: self)
  }

  /// Whether a contract could be made from it. That a term is open-ended or not is only known then.
  fileprivate func check(_ content: UnderpinningTemplateContent) async throws {
    let currency = try UnderpinningRule.currency(content.currency)
    try content.renewal.terms(orElse: .none).require(endsAt: now)
    for (index, target) in content.targets.enumerated() where target.service != nil {
      throw Failure.invalid("targets[\(index)].service", SuppliersMessages.templateService)
    }
    _ = try UnderpinningRule.targets(content.targets, services: [:])
    _ = try UnderpinningRule.costs(content.costs, currency)
    _ = try await coverage(content.calendar)
  }

  /// The contents of a template that a contract is made from, as they are now, and the contract's name.
  func underpinningTemplate(_ id: PublicId) async throws -> (content: UnderpinningTemplateContent, name: String) {
    guard let row = try await transaction.first(TemplateByPublicId(publicId: id)), row.state == "active" else { throw unknownReference("template") }
    let content = try row.underpinningContent
    return (content, content.contractName ?? row.name)
  }
}

extension TemplateRow {
  /// The stored form has the fields of the input.
  fileprivate var underpinningContent: UnderpinningTemplateContent {
    get throws(Failure) {
      do throws(FieldError) {
        return try InputValues.read(UnderpinningTemplateContent.self, from: content)
      } catch {
        throw Failure(.internal, OperationMessages.internalFault, debug: "template \(id) holds what it may not: \(error.violations.map(\.path))")
      }
    }
  }
}
