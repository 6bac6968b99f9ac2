import COpenSSL
import Kernel

/// The memory-hard key derivation of RFC 7914. It blocks for as long as it computes: ``PasswordHasher`` calls it on
/// threads of its own.
package enum Scrypt {
  package struct Parameters: Sendable, Equatable {
    /// The cost N is two to the power of this; memory is `128 * N * r` bytes.
    package let logN: Int
    package let r: Int
    package let p: Int

    /// Nil outside what this server is ready to compute: N from 2 to 2^20, r and p from 1 to 32, at most 1 GiB. Stored
    /// hashes are read with these limits too, so a tampered row cannot exhaust the machine.
    package init?(logN: Int, r: Int, p: Int) {
      guard (1...20).contains(logN), (1...32).contains(r), (1...32).contains(p), 128 * r << logN <= 1 << 30 else { return nil }
      self.init(unchecked: logN, r, p)
    }

    private init(unchecked logN: Int, _ r: Int, _ p: Int) {
      self.logN = logN
      self.r = r
      self.p = p
    }

    /// N = 2^17, r = 8, p = 1: the first choice of OWASP's list, 128 MiB a hash.
    package static let standard = Parameters(unchecked: 17, 8, 1)

    /// What OpenSSL may allocate: the blocks of RFC 7914 (`128 * r * (N + p)`) and some room for its own.
    var memoryLimit: UInt64 { UInt64(128 * r * ((1 << logN) + p) + (1 << 20)) }
  }

  /// Nil if OpenSSL refuses, which only a lack of memory can cause.
  package static func derive(password: [UInt8], salt: [UInt8], parameters: Parameters, byteCount: Int) -> [UInt8]? {
    var key = [UInt8](repeating: 0, count: byteCount)
    ERR_clear_error()
    let done = password.withUnsafeBytes { password in
      // OpenSSL takes a null password for "check the parameters only": an empty array may have no address.
      withUnsafeBytes(of: UInt8(0)) { none in
        EVP_PBE_scrypt(
          (password.baseAddress ?? none.baseAddress)?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
          1 << UInt64(parameters.logN), UInt64(parameters.r), UInt64(parameters.p), parameters.memoryLimit, &key, byteCount)
      }
    }
    return done == 1 ? key : nil
  }
}

/// What is stored of a password: the parameters, the salt and the derived key, so that stronger parameters can come
/// without breaking the old hashes. Its text is `scrypt$17$8$1$<salt>$<key>`, both in base32.
package struct PasswordHash: Sendable, Equatable, CustomStringConvertible {
  package let parameters: Scrypt.Parameters
  package let salt: [UInt8]
  package let key: [UInt8]

  static let saltByteCount = 16
  static let keyByteCount = 32

  init(parameters: Scrypt.Parameters, salt: [UInt8], key: [UInt8]) {
    self.parameters = parameters
    self.salt = salt
    self.key = key
  }

  /// Reads the stored text. Nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "scrypt", let logN = Int(parts[1]), let r = Int(parts[2]), let p = Int(parts[3]),
      let parameters = Scrypt.Parameters(logN: logN, r: r, p: p),
      let salt = Base32.decode(parts[4].utf8, byteCount: Self.saltByteCount),
      let key = Base32.decode(parts[5].utf8, byteCount: Self.keyByteCount)
    else { return nil }
    self.init(parameters: parameters, salt: salt, key: key)
  }

  package var description: String {
    "scrypt$\(parameters.logN)$\(parameters.r)$\(parameters.p)$\(Base32.encode(salt))$\(Base32.encode(key))"
  }
}
