import COpenSSL
import Kernel

/// The random bits of tokens, salts and public ids.
package enum SystemRandom {
  package static let source = RandomSource { count in bytes(count) }

  /// From OpenSSL's generator. Should that refuse (it could not seed itself), from the kernel's, which cannot fail: a
  /// predictable token would be worse than no answer, and stopping the process would hit every tenant.
  package static func bytes(_ count: Int) -> [UInt8] {
    guard count > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: count)
    ERR_clear_error()
    if let length = Int32(exactly: count), RAND_bytes(&bytes, length) == 1 { return bytes }
    var kernel = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &kernel) }
  }
}
