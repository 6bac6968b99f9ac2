import Kernel
import TLS

/// A bearer secret: `stw_<handle>_<52 letters>`. It names its tenant, so that the server can bind the tenant before it
/// looks the hash up; 256 random bits, of which only the SHA-256 is stored.
package struct Secret: Sendable {
  package let handle: TenantHandle
  private let bits: [UInt8]

  package init(handle: TenantHandle, random: RandomSource) {
    self.handle = handle
    bits = random.bytes(32)
  }

  /// Nil for anything but exactly the form that ``text`` gives.
  package init?(_ text: String) {
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "stw", let handle = TenantHandle(String(parts[1])), let bits = Base32.decode(parts[2].utf8, byteCount: 32)
    else { return nil }
    self.handle = handle
    self.bits = bits
  }

  package var text: String { "stw_\(handle)_\(Base32.encode(bits))" }
  package var hash: [UInt8] { SHA256.hash(bits) }
}
