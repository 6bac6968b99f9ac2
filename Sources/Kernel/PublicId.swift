/// The name of a row outside the process: `<kind>_` and 26 letters of base32 for 128 bits, namely the tenant's random
/// 32-bit handle and 96 random bits. It names its tenant, so one probe in one tenant finds the row, and it tells
/// nobody how many rows there are.
package struct PublicId: Hashable, Sendable, CustomStringConvertible {
  /// What the id names, two to six lower-case letters: `inc`, `con`, `cus`.
  package let kind: String
  /// The tenant's handle.
  package let handle: TenantHandle
  /// The 96 random bits, 12 bytes, as stored in `public_id`.
  package let random: [UInt8]

  /// Nil unless `random` has exactly 12 bytes.
  package init?(kind: String, handle: TenantHandle, random: [UInt8]) {
    guard random.count == Self.randomByteCount else { return nil }
    self.kind = kind
    self.handle = handle
    self.random = random
  }

  /// Reads the text form. Nil for anything but exactly that form: one row has one name.
  package init?(_ text: String) {
    guard let underscore = text.utf8.lastIndex(of: UInt8(ascii: "_")) else { return nil }
    let kind = text[..<underscore]
    let letters = text[text.utf8.index(after: underscore)...]
    guard (2...6).contains(kind.utf8.count), kind.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }),
      let bytes = Base32.decode(letters.utf8, byteCount: 4 + Self.randomByteCount)
    else { return nil }
    self.kind = String(kind)
    self.handle = TenantHandle(bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
    self.random = Array(bytes.dropFirst(4))
  }

  package static let randomByteCount = 12

  package var description: String { Base32.encode(handle.bytes + random, after: kind + "_") }
}

/// The random 32-bit number by which ids, tokens and logins name a tenant before anyone is authenticated.
package struct TenantHandle: Hashable, Sendable, CustomStringConvertible {
  package let rawValue: UInt32

  package init(_ rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Reads the text form: seven letters of base32.
  package init?(_ text: String) {
    guard let bytes = Base32.decode(text.utf8, byteCount: 4) else { return nil }
    rawValue = bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  package var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: rawValue >> (24 - 8 * UInt32($0))) } }

  package var description: String { Base32.encode(bytes) }
}

extension PublicId {
  /// An id that no row has: all random bits zero.
  package static func none(kind: String, handle: TenantHandle) -> PublicId { PublicId(unchecked: kind, handle) }

  private init(unchecked kind: String, _ handle: TenantHandle) {
    self.kind = kind
    self.handle = handle
    random = [UInt8](repeating: 0, count: Self.randomByteCount)
  }
}
