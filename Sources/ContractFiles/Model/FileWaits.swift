import Contracts
import Kernel
import Operations

/// How waits bear on the clocks of an SLA.
struct FileWaits: OperationInput {
  let terms: WaitTerms

  private static let supplierPauses = Field.boolean("supplierPauses", "Whether waiting for a supplier stops the clocks.", "等待供应商时是否暂停。")
  private static let providerPauses = Field.boolean(
    "providerPauses", "Whether waiting for a change, parts or whatever else is the provider's own time does.", "等待变更、备件等服务商自身事项时是否暂停。")
  private static let limit = Field.text("limit", 1...40, "The open time after which a wait stops them no longer: 8 h.", "单次等待的上限，如 8 h。")
  private static let total = Field.text("total", 1...40, "The same for all waits together.", "全部等待合计的上限。")

  static let fields: [any InputField] = [supplierPauses.optional, providerPauses.optional, limit.optional, total.optional]

  init(_ values: InputValues) throws(FieldError) {
    terms = WaitTerms(
      supplierPauses: try values[Self.supplierPauses.optional] ?? false, providerPauses: try values[Self.providerPauses.optional] ?? false,
      limitSeconds: try Self.seconds(values[Self.limit.optional], "limit"),
      totalSeconds: try Self.seconds(values[Self.total.optional], "total"))
  }

  private static func seconds(_ text: String?, _ path: String) throws(FieldError) -> Int64? {
    guard let text else { return nil }
    guard case .seconds(let seconds)? = WrittenTime.budget(text), seconds > 0 else { throw FieldError(path, ContractFileMessages.badDuration) }
    return seconds
  }

  /// As the operations take and tell them.
  var members: [Value.Member] {
    [
      Value.Member("supplierWaitsPause", .bool(terms.supplierPauses)), Value.Member("providerWaitsPause", .bool(terms.providerPauses)),
      Value.Member("waitLimitSeconds", .integer(terms.limitSeconds)),
      Value.Member("waitTotalSeconds", .integer(terms.totalSeconds)),
    ]
  }
}
