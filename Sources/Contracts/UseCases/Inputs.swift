import Kernel
import Operations

/// Fields that several operations of the module take.
enum ContractsFields {
  static let asOf = Field.instant(
    "asOf", "The instant as of which it is read (default: now).", "以哪个时刻为准读取（默认当前时刻）。"
  ).optional
  static let validFrom = Field.instant(
    "validFrom", "From when the new version holds (default: now). It must lie after the newest version's.", "新版本自何时起生效（默认当前时刻），须晚于最新版本。"
  ).optional
  static let onlyFor = Field.id(
    "onlyFor", .customer, "The one customer that it is for; left out: any customer.", "仅供该客户使用；不填则适用于任何客户。"
  ).optional
}

extension OperationContext {
  /// The customers whose own definitions the caller may see; nil: all.
  var reachableCustomers: [Int64]? { access.tenants.map { $0.map(\.rawValue).sorted() } }

  /// The customer that a definition is for. That the caller reaches it was checked with all references.
  func customer(_ id: PublicId?, _ path: String) async throws -> TenantId? {
    guard let id else { return nil }
    guard let entry = try await tenancy.tenant(id.handle), entry.kind == .customer else { throw unknownReference(path) }
    return entry.id
  }
}
