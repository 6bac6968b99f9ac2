import Kernel
import Operations
import Postgres

/// Whom a problem or a change is for, which are the provider's own: a person of a customer whom it concerns, or of the provider.
package struct NamedRequester: Sendable, Equatable {
  package let tenant: TenantId
  package let id: Int64
  package let publicId: PublicId
}

extension NamedRequester {
  /// His tenant and his id, the handle of his tenant and his public id; nil where nobody is named.
  package init?(_ row: inout RowReader) throws {
    let (tenant, id): (TenantId?, Int64?) = (try row.next(), try row.next())
    let (handle, bits): (Int64?, [UInt8]?) = (try row.next(), try row.next())
    guard let tenant, let id, let handle = handle.map({ TenantHandle(UInt32(truncatingIfNeeded: $0)) }), let bits else { return nil }
    let kind = IdKind.person.prefix
    self.init(tenant: tenant, id: id, publicId: PublicId(kind: kind, handle: handle, random: bits) ?? .none(kind: kind, handle: handle))
  }

  /// What a history tells where somebody else is named, or nobody any more: of each customer what is about his people, nil for what all of the staff read.
  package static func told(
    from before: NamedRequester?, to after: NamedRequester?, provider: TenantId
  ) -> [(payload: [Value.Member], customer: TenantId?)] {
    guard before != after else { return [] }
    var told: [(payload: [Value.Member], customer: TenantId?)] = []
    if let before, before.tenant != after?.tenant {
      let payload = [Value.Member("requester", .null), Value.Member("from", .id(before.publicId))]
      told.append((payload: payload, customer: before.tenant == provider ? nil : before.tenant))
    }
    if let after {
      let former = before.flatMap { $0.tenant == after.tenant ? $0.publicId : nil }
      let payload = [Value.Member("requester", .id(after.publicId)), Value.Member("from", .id(former))]
      told.append((payload: payload, customer: after.tenant == provider ? nil : after.tenant))
    }
    return told
  }
}
