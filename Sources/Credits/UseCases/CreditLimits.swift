import Kernel
import Operations

/// Above which amount two persons must approve a credit.
package struct CreditLimitOutput: OperationOutput {
  let row: ApprovalLimitRow
  let version: Int64

  /// What the version of a currency's limit counts under.
  static func setting(_ currency: String) -> String { "credit_limit/\(currency)" }

  package static let fields: [OutputField<CreditLimitOutput>] = [
    OutputField("currency", .text, "The currency.", "货币。") { .text($0.row.currency) },
    OutputField("amount", .decimal, "The most that one person may approve; null: any amount.", "一人可批准的最高金额；null 表示不限。") { output in
      guard let units = output.row.minorUnits, let currency = Currency(code: output.row.currency) else { return .null }
      return .decimal(Money(minorUnits: units, currency: currency).amount)
    },
    OutputField("validFrom", .instant, "From when it holds.", "自何时起生效。") { .instant($0.row.validFrom) },
    OutputField(
      "version", .integer, "Of the limit of this currency, for If-Match of whoever sets it anew; of a currency without any it is 1.",
      "该货币限额的版本号，重新设置时用于 If-Match；尚无限额的货币为 1。"
    ) { .integer($0.version) },
  ]
}

package enum SetCreditLimit: Operation {
  package struct Input: OperationInput {
    let currency: String
    let amount: String?

    private static let currency = Field.text("currency", 3...3, "The currency (ISO 4217).", "货币（ISO 4217）。")
    private static let amount = Field.amount("amount", "The most that one person may approve; left out: any amount.", "一人可批准的最高金额；不填表示不限。").optional

    package static let fields: [any InputField] = [currency, amount]

    package init(_ values: InputValues) throws(FieldError) {
      currency = try values[Self.currency]
      amount = try values[Self.amount]
    }
  }

  package static let declaration = Declaration(
    "credit_limit.set", "Set above which amount a second person must approve a credit, from now on.", zh: "设置须由第二人批准的补偿金额限额，即时生效。",
    permission: "credit_limit.manage", roles: [.administrator], scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CreditLimitOutput {
    guard let currency = Currency(code: input.currency) else {
      throw Failure.invalid("currency", CreditsMessages.unknownCurrency, ["code": String(input.currency.prefix(8))])
    }
    var limit: Int64?
    if let text = input.amount {
      guard let money = Money(text, currency: currency), money.minorUnits >= 0 else {
        throw Failure.invalid("amount", CreditsMessages.badLimit, ["currency": currency.code, "decimals": String(currency.minorUnitDigits)])
      }
      limit = money.minorUnits
    }
    let version = try await context.raiseSetting(CreditLimitOutput.setting(currency.code))
    let inserted = try await context.transaction.first(
      InsertApprovalLimit(currency: currency, validFrom: context.now, minorUnits: limit, now: context.now))
    guard inserted != nil, let row = try await context.transaction.first(ApprovalLimitAt(currency: currency.code, at: context.now)) else {
      throw context.beaten
    }
    context.subject(context.provider.publicId)
    return CreditLimitOutput(row: row, version: version)
  }
}

package enum ListCreditLimits: Operation {
  package typealias Input = PageInput

  package static let declaration = Declaration(
    "credit_limit.list", "List the limits above which a second person must approve a credit, by currency, newest first.",
    zh: "按货币列出须由第二人批准的补偿限额，最新在前。", permission: "credit_schedule.read", roles: CreditRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<CreditLimitOutput> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(
      ApprovalLimits(
        afterCurrency: try after?.text(0) ?? "", beforeValidFrom: try after?.instant(1) ?? Instant(microseconds: .max),
        beforeId: try after?.integer(2) ?? .max, limit: limit + 1))
    let versions = try await context.settingVersions(Set(rows.map { CreditLimitOutput.setting($0.currency) }).sorted())
    return context.listing(rows, limit: limit) { row in
      PageCursor([.text(row.currency), .integer(row.validFrom.microseconds), .integer(row.id)])
    } element: { row in
      CreditLimitOutput(row: row, version: versions[CreditLimitOutput.setting(row.currency)] ?? 1)
    }
  }
}
