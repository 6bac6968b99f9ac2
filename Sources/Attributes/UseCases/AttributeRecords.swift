import Kernel
import Operations

/// A definition as it is told.
package struct AttributeRecord: OperationOutput {
  let id: PublicId
  let definition: AttributeDefinition
  /// Those that the reader serves.
  let customers: [PublicId]
  /// Who else has an attribute is no customer's affair.
  let isStaff: Bool

  init(_ definition: AttributeDefinition, in context: OperationContext) {
    id = context.id(.attribute, definition.publicId)
    self.definition = definition
    isStaff = context.principal.side == .staff
    let named = zip(definition.onlyTenants ?? [], definition.content.customers)
    let reachable = context.reachableCustomers
    customers = isStaff ? named.filter { pair in reachable.map { $0.contains(pair.0) } ?? true }.map(\.1) : []
  }

  package static let fields: [OutputField<AttributeRecord>] = [
    OutputField("id", .id, "The attribute.", "自定义属性编号。") { .id($0.id) },
    OutputField(
      "process", .text, "Whose tickets it is of: incident, request, problem, change, release or major_incident.",
      "所属流程：incident 事件、request 请求、problem 问题、change 变更、release 发布、major_incident 重大事件。"
    ) { .text($0.definition.process.rawValue) },
    OutputField("key", .text, "Its name for programs.", "供程序使用的键。") { .text($0.definition.key) },
    OutputField("label", .document, "What it is called, by language.", "名称（按语言）。") { $0.definition.label.value ?? .null },
    OutputField(
      "type", .text, "text, integer, decimal, date, instant, boolean, choice or multi_choice.",
      "类型：text 文本、integer 整数、decimal 小数、date 日期、instant 时间、boolean 是否、choice 单选、multi_choice 多选。"
    ) { .text($0.definition.type.rawValue) },
    OutputField("unit", .text, "What a number counts.", "数字的单位。") { .text($0.definition.content.unit) },
    OutputField("least", .text, "Of a number the least, of a text the fewest characters.", "数字的最小值，或文本的最少字符数。") { .text($0.definition.content.least) },
    OutputField("most", .text, "Of a number the greatest, of a text the most characters.", "数字的最大值，或文本的最多字符数。") { .text($0.definition.content.most) },
    OutputField("pattern", .text, "The form of a text.", "文本格式。") { .text($0.definition.content.pattern) },
    OutputField("choices", .document, "What may be chosen, with names.", "可选项及名称。") { .array($0.definition.content.choices.map(\.stored)) },
    OutputField("formerChoices", .document, "What could once be chosen: tickets may hold it still.", "已取消的选项：已有工单可能仍保留。") {
      .array($0.definition.content.formerChoices.map(\.stored))
    },
    OutputField("visible", .boolean, "Whether customers see it.", "客户是否可见。") { .bool(!$0.definition.isInternal) },
    OutputField("customersTell", .boolean, "Whether customers may tell it.", "客户是否可填写。") { .bool($0.definition.content.customersTell) },
    OutputField("categories", .list(.text), "For tickets of these categories and those below them; empty: of all.", "适用的分类（含下级）；空表示全部。") {
      .array($0.definition.content.categories.map { .text($0) })
    },
    OutputField("forAll", .boolean, "Whether it is for the tickets of all customers; staff only.", "是否适用于全部客户（仅服务商人员可见）。") {
      $0.isStaff ? .bool($0.definition.onlyTenants == nil) : .null
    },
    OutputField("customers", .list(.id), "The customers that it is for, of those that one serves; staff only.", "适用的客户（仅列出所服务的客户；仅服务商人员可见）。") {
      $0.isStaff ? .array($0.customers.map { .id($0) }) : .array([])
    },
    OutputField("filter", .boolean, "Whether lists are narrowed to its values.", "是否可用于筛选。") { .bool($0.definition.isFilter) },
    OutputField("state", .text, "active or retired.", "状态：active 可用、retired 已停用。") { .text($0.definition.isActive ? "active" : "retired") },
    OutputField("revision", .integer, "How often it was written.", "修订次数。") { .integer($0.definition.seq) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.definition.version) },
  ]
}

package enum AttributeInput: NamesRecord {
  /// So many attributes of a process are for all customers, and so many of one customer's own besides.
  static let mostOfAll: Int64 = 100
  static let mostOfOne: Int64 = 50

  package static let id = Field.id("id", .attribute, "The attribute.", "自定义属性编号。")
  static let process = Field.oneOf(
    "process", AttributeProcess.allCases.map(\.rawValue), "Whose tickets it is of.",
    "所属流程：incident 事件、request 请求、problem 问题、change 变更、release 发布、major_incident 重大事件。")
  static let label = Field.localText("label", 1...200, "What it is called.", "名称。")
  static let unit = Field.text("unit", 1...20, "What a number counts.", "数字的单位。")
  static let least = Field.amount("least", "Of a number, the least; of a text, the fewest characters.", "数字的最小值，或文本的最少字符数。")
  static let most = Field.amount("most", "Of a number, the greatest; of a text, the most characters (at most 500).", "数字的最大值，或文本的最多字符数（不超过 500）。")
  static let pattern = Field.text(
    "pattern", 1...100, "The form of a text: # is a digit, @ a letter, ? any character, * any number of them; everything else is itself.",
    "文本格式：# 为数字，@ 为字母，? 为任一字符，* 为任意多个字符，其余按原样匹配。")
  static let choices = Field<[NamedChoice]>.list(
    "choices", of: Field<NamedChoice>.object("choice", "What may be chosen.", "一个选项。"), count: 1...200, "Of a choice, what may be chosen.", "选择类型的选项。")
  static let categories = Field<[String]>.list(
    "categories", of: Field.text("category", 1...100, "A key of the list of categories.", "分类代码。"), count: 1...50,
    "For tickets of these categories and those below them; absent: of all.", "适用的分类（含下级）；不填表示全部。")
  static let customers = Field<[PublicId]>.list(
    "customers", of: Field.id("customer", .customer, "A customer.", "客户。"), count: 1...100, "For tickets of these customers; absent: of all.", "适用的客户；不填表示全部。")
  static let customersTell = Field.boolean("customersTell", "Whether customers may tell it when they report (default no).", "客户报告时是否可填写（默认否）。")
}

package typealias AttributeReference = ReferenceInput<AttributeInput>

package enum ReadAttribute: Operation {
  package typealias Input = AttributeReference

  package static let declaration = Declaration(
    "attribute.read", "Read a custom attribute.", zh: "查看自定义属性。", permission: AttributeRights.read, roles: AttributeRights.readers,
    scopes: AttributeRights.everyScope, reach: .home, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AttributeRecord {
    AttributeRecord(try await context.attribute(input.id), in: context)
  }
}

package enum ListAttributes: Operation {
  package struct Input: OperationInput {
    let process: String?
    let state: String?
    let customer: PublicId?
    let limit: Int64?
    let cursor: String?

    private static let state = Field.oneOf("state", ["active", "retired"], "Only those in this state.", "仅限此状态：active 可用、retired 已停用。").optional
    private static let customer = Field.id("customer", .customer, "Only those that are for tickets of this customer.", "仅限适用于此客户工单的属性。").optional

    package static let fields: [any InputField] = [AttributeInput.process.optional, state, customer, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      process = try values[AttributeInput.process.optional]
      state = try values[Self.state]
      customer = try values[Self.customer]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    var filter: String { "\(process ?? "")/\(state ?? "")/\(customer?.description ?? "")" }
  }

  package static let declaration = Declaration(
    "attribute.list", "List the custom attributes of tickets, by process and key.", zh: "列出工单的自定义属性，按流程与键排序。", permission: AttributeRights.read,
    roles: AttributeRights.readers, scopes: AttributeRights.everyScope, reach: .home, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<AttributeRecord> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filter)
    let start = try after.map { (process: try $0.text(0), key: try $0.text(1)) } ?? (process: "", key: "")
    let customer = try await context.customer(input.customer, "customer")
    let rows = try await context.transaction.query(
      DefinitionPage(
        customers: context.servedCustomers, process: input.process.flatMap(AttributeProcess.init), isActive: input.state.map { $0 == "active" },
        customer: customer, after: start, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: input.filter) {
      PageCursor([.text($0.process.rawValue), .text($0.key)])
    } element: {
      AttributeRecord($0, in: context)
    }
  }
}

extension OperationContext {
  /// Whose own attributes the caller may see; nil: row security says so, or all.
  fileprivate var servedCustomers: [Int64]? { principal.side == .staff ? reachableCustomers : nil }

  func attribute(_ id: PublicId) async throws -> AttributeDefinition {
    let found = try await transaction.first(DefinitionByPublicId(customers: servedCustomers, publicId: id))
    guard let found else { throw Failure.notFound }
    return found
  }
}
