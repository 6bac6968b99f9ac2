import Kernel
import Postgres

extension PublicId {
  /// A customer's, of the columns `handle` and `public_id` of its row; nil where an outer join found none.
  package static func customer(_ row: inout RowReader) throws -> PublicId? {
    let (handle, bits): (Int64?, [UInt8]?) = (try row.next(), try row.next())
    guard let handle = handle.map({ TenantHandle(UInt32(truncatingIfNeeded: $0)) }), let bits else { return nil }
    let kind = IdKind.customer.prefix
    return PublicId(kind: kind, handle: handle, random: bits) ?? .none(kind: kind, handle: handle)
  }
}
