import Kernel
import Operations

/// How tickets end, as it counts for a customer, a contract of his, or for all.
package struct TicketPolicyRecord: OperationOutput {
  let customer: PublicId?
  let contract: PublicId?
  let policy: TicketPolicy
  /// The fields that are its own; the others stand above it.
  let own: [String]
  let version: Int64

  /// Each contract of a customer counts for itself.
  static func setting(_ contract: PublicId?) -> String { contract.map { "ticket_policy/\($0)" } ?? "ticket_policy" }

  package static let fields: [OutputField<TicketPolicyRecord>] = [
    OutputField("customer", .id, "The customer; null: the provider's policy, for all.", "客户；null 表示服务商的规则。") { .id($0.customer) },
    OutputField("contract", .id, "The contract; null: all of the customer's.", "合同；null 表示该客户的全部合同。") { .id($0.contract) },
    OutputField("closeAfterDays", .integer, "After so many days a resolved ticket closes by itself; 0: never.", "已解决的工单多少天后自动关闭；0 表示不自动关闭。") {
      .integer($0.policy.closeAfterDays)
    },
    OutputField("closeCounts", .text, "What these days are: calendar_days or service_days.", "天数口径：calendar_days 自然日，service_days 服务日。") {
      .text($0.policy.closeCounts.rawValue)
    },
    OutputField("reopenWithinDays", .integer, "For so many days a closed ticket can be reopened; 0: not at all.", "关闭后多少天内可重新打开；0 表示不可。") {
      .integer($0.policy.reopenWithinDays)
    },
    OutputField("showsNames", .boolean, "Whether a customer's people read in a history who of the staff did something.", "客户人员是否可在历史中看到服务商人员姓名。") {
      .bool($0.policy.showsNames)
    },
    OutputField(
      "closeRequestsAfterDays", .integer, "After so many days of 24 hours a fulfilled request closes by itself; 0: never.",
      "已履行的请求多少天（每天 24 小时）后自动关闭；0 表示不自动关闭。"
    ) { .integer($0.policy.closeRequestsAfterDays) },
    OutputField("own", .list(.text), "The fields that are set here; the others are those of the customer, or of the provider.", "在此层级自行设置的字段；其余沿用上级。") {
      .array($0.own.map { .text($0) })
    },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.version) },
  ]
}

enum TicketPolicyFields {
  static let customer = Field.id("customer", .customer, "The customer; left out: the provider's policy, for all.", "客户；不填表示服务商的规则。").optional
  static let contract = Field.id("contract", .contract, "A contract of the customer's; left out: all of them.", "该客户的合同；不填表示全部合同。").optional
  static let closeAfterDays = Field.integer(
    "closeAfterDays", 0...365, "After so many days a resolved ticket closes by itself; 0: never; null: as it is above.", "已解决的工单多少天后自动关闭；0 表示不自动关闭；null 表示沿用上级。"
  ).clearable
  static let closeCounts = Field.oneOf(
    "closeCounts", TicketPolicy.Days.allCases.map(\.rawValue),
    "What these days are: calendar_days of 24 hours, or service_days by the calendar of what is promised; null: as it is above.",
    "天数口径：calendar_days 自然日（24 小时），service_days 按承诺的服务日历计算的服务日；null 表示沿用上级。"
  ).clearable
  static let reopenWithinDays = Field.integer(
    "reopenWithinDays", 0...3650, "For so many days a closed ticket can be reopened; 0: not at all; null: as it is above.", "关闭后多少天内可重新打开；0 表示不可；null 表示沿用上级。"
  ).clearable
  static let showsNames = Field.boolean(
    "showsNames", "Whether a customer's people read in a history who of the staff did something; null: as it is above.", "客户人员是否可在历史中看到服务商人员姓名；null 表示沿用上级。"
  ).clearable
  static let closeRequestsAfterDays = Field.integer(
    "closeRequestsAfterDays", 0...365, "After so many days of 24 hours a fulfilled request closes by itself; 0: never; null: as it is above.",
    "已履行的请求多少天（每天 24 小时）后自动关闭；0 表示不自动关闭；null 表示沿用上级。"
  ).clearable
}

package enum ReadTicketPolicy: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let contract: PublicId?

    package static let fields: [any InputField] = [TicketPolicyFields.customer, TicketPolicyFields.contract]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[TicketPolicyFields.customer]
      contract = try values[TicketPolicyFields.contract]
    }
  }

  package static let declaration = Declaration(
    "ticket_policy.read",
    "Read when resolved tickets and fulfilled requests close by themselves, and how long closed tickets can be reopened, for all, a customer or a contract.",
    zh: "查看已解决工单与已履行请求的自动关闭、已关闭工单的重新打开规则（全部、某客户或某合同）。",
    roles: [.administrator, .accountManager, .engineer, .customerManager], scopes: [.tenant, .listed, .all], reach: .homeOr(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TicketPolicyRecord {
    try await context.policyRecord(contract: input.contract)
  }
}

/// What is resolved already keeps the time that it was told; what was closed is measured anew when somebody opens it again.
package enum ChangeTicketPolicy: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let contract: PublicId?
    let closeAfterDays: Change<Int64>
    let closeCounts: Change<String>
    let reopenWithinDays: Change<Int64>
    let showsNames: Change<Bool>
    let closeRequestsAfterDays: Change<Int64>

    package static let fields: [any InputField] = [
      TicketPolicyFields.customer, TicketPolicyFields.contract, TicketPolicyFields.closeAfterDays, TicketPolicyFields.closeCounts,
      TicketPolicyFields.reopenWithinDays, TicketPolicyFields.showsNames, TicketPolicyFields.closeRequestsAfterDays,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[TicketPolicyFields.customer]
      contract = try values[TicketPolicyFields.contract]
      closeAfterDays = try values[TicketPolicyFields.closeAfterDays]
      closeCounts = try values[TicketPolicyFields.closeCounts]
      reopenWithinDays = try values[TicketPolicyFields.reopenWithinDays]
      showsNames = try values[TicketPolicyFields.showsNames]
      closeRequestsAfterDays = try values[TicketPolicyFields.closeRequestsAfterDays]
      if contract != nil, !showsNames.isKeep { throw FieldError("showsNames", EndingMessages.namesAreOfCustomers) }
    }

    fileprivate var isEmpty: Bool {
      closeAfterDays.isKeep && closeCounts.isKeep && reopenWithinDays.isKeep && showsNames.isKeep && closeRequestsAfterDays.isKeep
    }

    /// The fields that are to be what stands above.
    fileprivate var cleared: String? {
      if case .clear = closeAfterDays { return "closeAfterDays" }
      if case .clear = closeCounts { return "closeCounts" }
      if case .clear = reopenWithinDays { return "reopenWithinDays" }
      if case .clear = showsNames { return "showsNames" }
      if case .clear = closeRequestsAfterDays { return "closeRequestsAfterDays" }
      return nil
    }
  }

  package static let declaration = Declaration(
    "ticket_policy.set",
    "Set when resolved tickets and fulfilled requests close by themselves, how long closed tickets can be reopened, and whether customers read names of the staff: for all, a customer or a contract.",
    zh: "设置已解决工单与已履行请求的自动关闭、已关闭工单的重新打开期限，以及客户是否可见服务商人员姓名（全部、某客户或某合同）。",
    roles: [.administrator, .accountManager], scopes: [.all], reach: .homeOr(by: "customer"), effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TicketPolicyRecord {
    guard !input.isEmpty else { throw Failure.invalid("", DeskMessages.nothingToChange) }
    let (transaction, tenant) = (context.transaction, context.tenant.id)
    let contract = try await context.contractOfPolicy(input.contract)
    try await context.raiseSetting(TicketPolicyRecord.setting(input.contract))
    _ = try await transaction.query(HoldTicketPolicy())
    if context.tenant.kind == .provider {
      if let cleared = input.cleared { throw Failure.invalid(cleared, EndingMessages.providerNeedsAll) }
      var policy = try await context.ticketPolicy(contract: nil)
      policy.closeAfterDays = input.closeAfterDays.applied(to: policy.closeAfterDays)
      policy.closeCounts = TicketPolicy.Days(rawValue: input.closeCounts.applied(to: policy.closeCounts.rawValue)) ?? policy.closeCounts
      policy.reopenWithinDays = input.reopenWithinDays.applied(to: policy.reopenWithinDays)
      policy.showsNames = input.showsNames.applied(to: policy.showsNames)
      policy.closeRequestsAfterDays = input.closeRequestsAfterDays.applied(to: policy.closeRequestsAfterDays)
      transaction.enqueue(SetTicketPolicy(policy: policy))
    } else {
      var own = try await transaction.first(OwnTicketPolicy(tenant: tenant, contract: contract)) ?? OwnTicketPolicy.Found()
      own.closeAfterDays = input.closeAfterDays.applied(to: own.closeAfterDays)
      own.closeCounts = input.closeCounts.applied(to: own.closeCounts)
      own.reopenWithinDays = input.reopenWithinDays.applied(to: own.reopenWithinDays)
      own.showsNames = input.showsNames.applied(to: own.showsNames)
      own.closeRequestsAfterDays = input.closeRequestsAfterDays.applied(to: own.closeRequestsAfterDays)
      transaction.enqueue(KeepOwnTicketPolicy(tenant: tenant, contract: contract, own: own, now: context.now))
    }
    context.subject(input.contract ?? context.tenant.publicId)
    return try await context.policyRecord(contract: input.contract)
  }
}

extension OperationContext {
  /// The contract that a body names; nil: none.
  fileprivate func contractOfPolicy(_ id: PublicId?) async throws -> Int64? {
    guard let id else { return nil }
    guard let found = try await transaction.first(ContractByPublicId(tenant: tenant.id, publicId: id)) else { throw unknownReference("contract") }
    return found
  }

  fileprivate func policyRecord(contract: PublicId?) async throws -> TicketPolicyRecord {
    let row = try await contractOfPolicy(contract)
    let policy = try await ticketPolicy(contract: row)
    var own: [String] = []
    if tenant.kind == .provider {
      own = ["closeAfterDays", "closeCounts", "reopenWithinDays", "showsNames", "closeRequestsAfterDays"]
    } else if let set = try await transaction.first(OwnTicketPolicy(tenant: tenant.id, contract: row)) {
      if set.closeAfterDays != nil { own.append("closeAfterDays") }
      if set.closeCounts != nil { own.append("closeCounts") }
      if set.reopenWithinDays != nil { own.append("reopenWithinDays") }
      if set.showsNames != nil { own.append("showsNames") }
      if set.closeRequestsAfterDays != nil { own.append("closeRequestsAfterDays") }
    }
    return TicketPolicyRecord(
      customer: tenant.kind == .customer ? tenant.publicId : nil, contract: contract, policy: policy, own: own,
      version: try await settingVersion(TicketPolicyRecord.setting(contract)))
  }
}
