import Kernel
import Operations

/// To narrow a list to what affects a service.
package enum AffectedServiceField {
  package static let only = Field.text(
    "affectedService", 2...32,
    "Only those that affect this service, as take_affected recorded it: the code of the catalogue's service; staff only.",
    "仅限影响此服务的（以 take_affected 的登记为准）：目录服务代码，仅服务商人员。"
  ).optional
}

extension OperationContext {
  /// A service by which a list is narrowed, also one that is not sold yet, or no more; nil: none is asked for.
  package func serviceToFilterBy(_ code: String?, at path: String = "affectedService") async throws -> Int64? {
    guard let code else { return nil }
    guard let found = try await transaction.first(CataloguedService(code: code)) else { throw unknownReference(path) }
    return found
  }
}
