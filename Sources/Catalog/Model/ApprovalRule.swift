import Kernel
import Operations

/// Who must agree to a request before it is fulfilled.
package struct ApprovalRule: OperationInput, Hashable {
  package enum Kind: String, Sendable, CaseIterable { case none, any, all, sequence }

  /// What becomes of an approval that nobody has decided in time.
  package enum Lateness: Hashable, Sendable, CustomStringConvertible {
    /// The holders of this role may decide it as well.
    case escalate(to: StockRole)
    /// It counts as refused.
    case reject

    package var description: String {
      switch self {
      case .escalate(let role): "escalate \(role.rawValue)"
      case .reject: "reject"
      }
    }
  }

  package let kind: Kind
  /// Who approves, in order, where only names were given.
  let roles: [LocalText]
  private let named: [Approver]
  /// Only requests worth more need it; nil: all.
  package let above: Money?
  /// Whether somebody may approve what he ordered himself.
  package let ownRequests: Bool
  /// Hours from the question on; nil: it waits for as long as it takes.
  package let hours: Int64?
  package let late: Lateness?

  static let none = ApprovalRule(kind: .none, roles: [], above: nil)

  private static let kind = Field.oneOf(
    "rule", Kind.allCases.map(\.rawValue), "Whether none of the roles, any one, all, or one after the other.", "审批方式：none 无需、any 任一、all 全部、sequence 依次。")
  private static let roles = Field<[LocalText]>.list(
    "roles", of: Field.localText("role", 1...80, "A role.", "角色。"), count: 0...20,
    "The roles that approve, in order, by name alone: the customer's managers decide for each. Or approvers, never both.",
    "审批角色的名称，按顺序；均由客户经理审批。与 approvers 二选一。")
  private static let approvers = Field<[Approver]>.list(
    "approvers", of: Field<Approver>.object("approver", "Somebody who approves.", "一位审批人。"), count: 0...20,
    "Who approves, in order, with the role that decides or the person whom the form names.", "审批人，按顺序；由角色或表单所填人员审批。")
  private static let above = Field.amount("above", "Only requests worth more than this need it (default: all).", "仅金额超过此值的请求需要审批（默认全部）。")
  private static let currency = Field.text("currency", 3...3, "The currency of that value.", "该金额的货币。")
  private static let ownRequests = Field.boolean(
    "ownRequests", "Whether somebody may approve what he ordered, or what is for him (default: no).", "是否允许审批本人的请求（默认否）。")
  private static let hours = Field.integer(
    "hours", 1...8760, "How long each approval may take, in hours by the clock (default: no limit).", "每项审批的时限（小时，按自然时间；默认不限）。")
  private static let late = Field.oneOf(
    "late", ["escalate", "reject"], "What becomes of one that nobody decides in time: others may decide it too, or it counts as refused (default).",
    "逾期未决的处理：escalate 升级给其他角色、reject 视为拒绝（默认）。")
  private static let escalateTo = Field.oneOf(
    "escalateTo", StockRole.allCases.map(\.rawValue), "With escalate: the role whose holders may then decide it as well.", "升级（escalate）时可代为决定的角色。")

  package static let fields: [any InputField] = [
    kind, roles.optional, approvers.optional, above.optional, currency.optional, ownRequests.optional, hours.optional, late.optional, escalateTo.optional,
  ]

  private init(kind: Kind, roles: [LocalText], above: Money?) {
    self.kind = kind
    self.roles = roles
    self.above = above
    (named, ownRequests, hours, late) = ([], false, nil, nil)
  }

  package init(_ values: InputValues) throws(FieldError) {
    kind = Kind(rawValue: try values[Self.kind]) ?? .none
    roles = try values[Self.roles.optional] ?? []
    named = try values[Self.approvers.optional] ?? []
    guard roles.isEmpty || named.isEmpty else { throw FieldError("approvers", CatalogMessages.rolesOrApprovers) }
    guard (kind == .none) == (roles.isEmpty && named.isEmpty) else {
      throw FieldError(roles.isEmpty ? "approvers" : "roles", CatalogMessages.rolesOfApproval)
    }
    above = try Self.limit(try values[Self.above.optional], try values[Self.currency.optional])
    guard kind != .none || above == nil else { throw FieldError("above", CatalogMessages.rolesOfApproval) }
    ownRequests = try values[Self.ownRequests.optional] ?? false
    hours = try values[Self.hours.optional]
    let escalation = try values[Self.escalateTo.optional].flatMap(StockRole.init)
    switch try values[Self.late.optional] {
    case "escalate":
      guard let escalation else { throw FieldError("escalateTo", InputMessages.requiredHere) }
      late = .escalate(to: escalation)
    case "reject": late = .reject
    default: late = hours == nil ? nil : .reject
    }
    if late != nil, hours == nil { throw FieldError("hours", InputMessages.requiredHere) }
    if escalation != nil, late == .reject || late == nil { throw FieldError("escalateTo", CatalogMessages.escalatesNot) }
  }

  /// A limit of value: nil, or an amount with its currency.
  static func limit(_ text: String?, _ code: String?) throws(FieldError) -> Money? {
    guard let text else {
      if code != nil { throw FieldError("above", CatalogMessages.valueAndCurrency) }
      return nil
    }
    guard let code else { throw FieldError("currency", CatalogMessages.valueAndCurrency) }
    guard let currency = Currency(code: code) else { throw FieldError("currency", CatalogMessages.unknownCurrency, ["code": code]) }
    guard let money = Money(text, currency: currency), money.minorUnits >= 0 else {
      throw FieldError("above", CatalogMessages.badAmount, ["currency": currency.code, "decimals": String(currency.minorUnitDigits)])
    }
    return money
  }

  /// Who approves, in order. What only names roles, as all versions did before approvers were known, is for the customer's managers.
  package var approvers: [Approver] { named.isEmpty ? roles.map { Approver(name: $0, holder: .role(.customerManager), above: nil) } : named }

  package var stored: Value {
    let lateness: (String?, String?) =
      switch late {
      case .escalate(let role)?: ("escalate", role.rawValue)
      case .reject?: ("reject", nil)
      case nil: (nil, nil)
      }
    return .members([
      ("rule", .text(kind.rawValue)), ("roles", roles.isEmpty ? nil : .array(roles.compactMap(\.value))),
      ("approvers", named.isEmpty ? nil : .array(named.map(\.stored))), ("above", above.map { .text($0.amount) }),
      ("currency", above.map { .text($0.currency.code) }), ("ownRequests", ownRequests ? .bool(true) : nil), ("hours", hours.map { .integer($0) }),
      ("late", lateness.0.map { .text($0) }), ("escalateTo", lateness.1.map { .text($0) }),
    ])
  }
}

/// Somebody whom an approval rule asks.
package struct Approver: OperationInput, Hashable {
  package enum Holder: Hashable, Sendable, CustomStringConvertible {
    /// Whoever holds this role, for what the request concerns.
    case role(StockRole)
    /// The person whom the answer under this key names.
    case answer(String)

    package var description: String {
      switch self {
      case .role(let role): role.rawValue
      case .answer(let key): "answer \(key)"
      }
    }
  }

  package let name: LocalText
  package let holder: Holder
  /// He is asked only for requests worth more, after the others; nil: for all.
  package let above: Money?

  private static let name = Field.localText("name", 1...80, "What he is called: IT manager.", "审批人的称谓，例如信息部门负责人。")
  private static let role = Field.oneOf(
    "role", StockRole.allCases.map(\.rawValue), "Whoever holds this role for the requester's site or department decides: of the customer, or of the staff.",
    "由持有该角色且管辖申请对象的人员审批（客户或服务商人员）。")
  private static let answer = Field.text(
    "answer", 1...40, "Or the key of a person field of the form: the person named there decides; where nobody is named, the customer's managers.",
    "或表单中人员字段的键：由所填人员审批；未填写时由客户经理审批。")
  private static let above = Field.amount(
    "above", "Asked only for requests worth more than this, as a further approver (default: always).", "仅金额超过此值时作为追加审批人（默认始终）。")
  private static let currency = Field.text("currency", 3...3, "The currency of that value.", "该金额的货币。")

  package static let fields: [any InputField] = [name, role.optional, answer.optional, above.optional, currency.optional]

  init(name: LocalText, holder: Holder, above: Money?) {
    self.name = name
    self.holder = holder
    self.above = above
  }

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[Self.name]
    switch (try values[Self.role.optional].flatMap(StockRole.init), try values[Self.answer.optional]) {
    case (let role?, nil): holder = .role(role)
    case (nil, let key?): holder = .answer(key)
    case (nil, nil), (.some, .some): throw FieldError("role", CatalogMessages.roleOrAnswer)
    }
    above = try ApprovalRule.limit(try values[Self.above.optional], try values[Self.currency.optional])
  }

  var stored: Value {
    let (role, answer): (String?, String?) =
      switch holder {
      case .role(let role): (role.rawValue, nil)
      case .answer(let key): (nil, key)
      }
    return .members([
      ("name", name.value), ("role", role.map { .text($0) }), ("answer", answer.map { .text($0) }), ("above", above.map { .text($0.amount) }),
      ("currency", above.map { .text($0.currency.code) }),
    ])
  }
}
