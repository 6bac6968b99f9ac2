import Kernel

/// What is known of a tenant without being bound to it: enough to route a request, nothing of its data.
package struct TenantEntry: Hashable, Sendable {
  package enum Kind: String, Sendable { case provider, customer }
  package enum State: String, Sendable { case active, suspended }

  package let id: TenantId
  package let handle: TenantHandle
  /// The 96 bits of its own public id, `cus_...`.
  package let publicIdBits: [UInt8]
  package let kind: Kind
  package let code: String
  package let name: String
  package let zone: String
  package let language: Language
  package let state: State
  package let version: Int64

  package init(
    id: TenantId, handle: TenantHandle, publicIdBits: [UInt8], kind: Kind, code: String, name: String, zone: String, language: Language, state: State,
    version: Int64
  ) {
    self.id = id
    self.handle = handle
    self.publicIdBits = publicIdBits
    self.kind = kind
    self.code = code
    self.name = name
    self.zone = zone
    self.language = language
    self.state = state
    self.version = version
  }

  /// The public id of one of its rows. Bits from the database always have the right length; should a row be damaged,
  /// the id is all zeros and names nothing.
  package func id(_ kind: String, _ bits: [UInt8]) -> PublicId {
    PublicId(kind: kind, handle: handle, random: bits) ?? PublicId.none(kind: kind, handle: handle)
  }

  package var publicId: PublicId { id("cus", publicIdBits) }
}
