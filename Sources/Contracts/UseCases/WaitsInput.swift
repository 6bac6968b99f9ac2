import Kernel
import Operations

/// The fields that say how waits of a ticket bear on the clocks of its customer.
struct WaitsInput: Sendable {
  let supplierPauses: Bool?
  let providerPauses: Bool?
  let limitSeconds: Change<Int64>
  let totalSeconds: Change<Int64>

  private static let supplierPauses = Field.boolean(
    "supplierWaitsPause", "Whether waiting for a supplier stops the customer's clocks (default false: it is the provider's own time).",
    "等待供应商时是否暂停客户时钟（默认否：属服务商自身时间）。"
  ).optional
  private static let providerPauses = Field.boolean(
    "providerWaitsPause",
    "Whether waiting for a change, parts or whatever else is the provider's own time stops the customer's clocks (default false).",
    "等待变更、备件等服务商自身事项时是否暂停客户时钟（默认否）。"
  ).optional
  private static let limitSeconds = Field.integer(
    "waitLimitSeconds", 1...315_360_000,
    "Open seconds after which each wait that stops a clock no longer does: it runs on by itself; null: no limit.",
    "单次等待最多暂停的开放秒数，超过后时钟自动继续；null 表示不限。"
  ).clearable
  private static let totalSeconds = Field.integer(
    "waitTotalSeconds", 1...315_360_000, "The same for all waits of a clock together; null: no limit.", "同一时钟全部等待合计最多暂停的开放秒数；null 表示不限。"
  ).clearable

  static let fields: [any InputField] = [supplierPauses, providerPauses, limitSeconds, totalSeconds]

  init(_ values: InputValues) throws(FieldError) {
    supplierPauses = try values[Self.supplierPauses]
    providerPauses = try values[Self.providerPauses]
    limitSeconds = try values[Self.limitSeconds]
    totalSeconds = try values[Self.totalSeconds]
  }

  func applied(to terms: WaitTerms) -> WaitTerms {
    WaitTerms(
      supplierPauses: supplierPauses ?? terms.supplierPauses, providerPauses: providerPauses ?? terms.providerPauses,
      limitSeconds: limitSeconds.applied(to: terms.limitSeconds), totalSeconds: totalSeconds.applied(to: terms.totalSeconds))
  }
}
