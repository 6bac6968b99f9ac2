import Kernel
import Operations

/// What contracts are made from (`contract.create` with `template`). Its content is copied then: a later edit changes no
/// contract that there is.
package struct TemplateOutput: OperationOutput {
  let id: PublicId
  let row: TemplateRow

  init(_ row: TemplateRow, in context: OperationContext) {
    id = context.id(.contractTemplate, row.publicId)
    self.row = row
  }

  package static let fields: [OutputField<TemplateOutput>] = [
    OutputField("id", .id, "The template.", "模板编号。") { .id($0.id) },
    OutputField("name", .text, "Its name.", "名称。") { .text($0.row.name) },
    OutputField("state", .text, "active or retired.", "状态：active（启用）或 retired（停用）。") { .text($0.row.state) },
    OutputField("content", .document, "What is copied: the fields of contract_template.create.", "被复制的内容：与 contract_template.create 的字段相同。") { $0.row.content },
    OutputField("recordedAt", .instant, "When this state of it was recorded.", "此内容的登记时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

package enum TemplateFields: NamesRecord {
  package static let id = Field.id("id", .contractTemplate, "The template.", "模板编号。")
  static let name = Field.text("name", 1...120, "Its name, unique.", "名称，不可重复。")
  static let state = Field.oneOf("state", ["active", "retired"], "A retired template makes no more contracts.", "停用后不可再用于新建合同。")
}

package enum CreateTemplate: Operation {
  package struct Input: OperationInput {
    let name: String
    let content: TemplateContent

    package static let fields: [any InputField] = [TemplateFields.name] + TemplateContent.fields

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[TemplateFields.name]
      content = try TemplateContent(values)
    }
  }

  package static let declaration = Declaration(
    "contract_template.create", "Make a template for contracts.", zh: "新建合同模板。", permission: "contract_template.manage", roles: Rights.managers,
    scopes: [.all], reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TemplateOutput {
    try await context.check(input.content)
    let id = context.newId(.contractTemplate)
    guard let template = try await context.transaction.first(InsertTemplate(publicId: id, name: input.name, now: context.now)) else {
      throw Failure.notFound
    }
    context.transaction.enqueue(InsertTemplateVersion(template: template, seq: 1, content: input.content.value, now: context.now))
    context.subject(id)
    context.record(
      Event(
        subjectKind: "contract_template", subject: template, seq: 1, type: "contract_template.created", payload: .object(["template": .id(id)]),
        occurredAt: context.now))
    return try await context.templateOutput(id)
  }
}

package enum ReviseTemplate: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<String>
    let state: Change<String>
    let content: TemplateChange

    package static let fields: [any InputField] =
      [TemplateFields.id, TemplateFields.name.change, TemplateFields.state.change] + TemplateChange.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[TemplateFields.id]
      name = try values[TemplateFields.name.change]
      state = try values[TemplateFields.state.change]
      content = try TemplateChange(values)
    }
  }

  package static let declaration = Declaration(
    "contract_template.revise", "Revise a contract template: what is not given is kept, and contracts that were made from it stay as they are.",
    zh: "修订合同模板；未填写的内容保持不变，由其新建的合同不受影响。",
    permission: "contract_template.manage", roles: Rights.managers, scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TemplateOutput {
    guard let row = try await context.transaction.first(TemplateByPublicId(publicId: input.id)) else { throw Failure.notFound }
    try context.requireVersion(row.version)
    let old = try row.templateContent
    let content = input.content.applied(to: old)
    let state = input.state.applied(to: row.state)
    // What it names may have been retired since it was.
    if content.value != old.value || (row.state == "retired" && state == "active") {
      if input.content.lines == nil { try old.requireFees(in: try ContractRule.currency(content.currency)) }
      try await context.check(content)
    }
    let advanced = try await context.transaction.first(
      AdvanceTemplate(id: row.id, version: row.version, name: input.name.applied(to: row.name), state: state))
    guard let version = advanced else { throw context.beaten }
    context.transaction.enqueue(InsertTemplateVersion(template: row.id, seq: version, content: content.value, now: context.now))
    context.subject(input.id)
    context.record(
      Event(
        subjectKind: "contract_template", subject: row.id, seq: version, type: "contract_template.revised",
        payload: .object(["template": .id(input.id)]), occurredAt: context.now))
    return try await context.templateOutput(input.id)
  }
}

package enum ReadTemplate: Operation {
  package typealias Input = ReferenceInput<TemplateFields>

  package static let declaration = Declaration(
    "contract_template.read", "Read a contract template.", zh: "查看合同模板。", roles: Rights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TemplateOutput { try await context.templateOutput(input.id) }
}

package enum ListTemplates: Operation {
  package typealias Input = PageInput

  package static let declaration = Declaration(
    "contract_template.list", "List the contract templates by name.", zh: "按名称列出合同模板。", permission: "contract_template.read", roles: Rights.staff,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TemplateOutput> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(
      TemplatesByName(afterName: try after?.text(0) ?? "", afterId: try after?.integer(1) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, key: { PageCursor([.text($0.name), .integer($0.id)]) }) { TemplateOutput($0, in: context) }
  }
}

extension OperationContext {
  fileprivate func templateOutput(_ id: PublicId) async throws -> TemplateOutput {
    guard let row = try await transaction.first(TemplateByPublicId(publicId: id)) else { throw Failure.notFound }
    return TemplateOutput(row, in: self)
  }

  /// Whether a contract could be made from it. That a term is open-ended or not is only known then.
  fileprivate func check(_ content: TemplateContent) async throws {
    let currency = try ContractRule.currency(content.currency)
    try content.renewal.terms(orElse: .none).require(endsAt: now)
    _ = try await lineContent(content.lines, currency, from: now) { "lines[\($0)]." }
  }

  /// The contents of a template that a contract is made from, as they are now, and the contract's name.
  func templateContent(_ id: PublicId) async throws -> (content: TemplateContent, name: String) {
    guard let row = try await transaction.first(TemplateByPublicId(publicId: id)), row.state == "active" else { throw unknownReference("template") }
    let content = try row.templateContent
    return (content, content.contractName ?? row.name)
  }
}

extension TemplateRow {
  /// The stored form has the fields of the input.
  fileprivate var templateContent: TemplateContent {
    get throws(Failure) {
      do throws(FieldError) {
        return try InputValues.read(TemplateContent.self, from: content)
      } catch {
        throw Failure(.internal, OperationMessages.internalFault, debug: "template \(id) holds what it may not: \(error.violations.map(\.path))")
      }
    }
  }
}
