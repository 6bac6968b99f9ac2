import COpenSSL

package enum SHA256 {
  package static let byteCount = 32

  /// The 32 bytes of the digest (FIPS 180-4).
  package static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: byteCount)
    _ = COpenSSL.SHA256(bytes, bytes.count, &digest)
    return digest
  }

  package static func hash(_ text: String) -> [UInt8] { hash(Array(text.utf8)) }
}

package enum HMACSHA256 {
  /// The 32 bytes of the code (RFC 2104, FIPS 198-1).
  package static func code(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: SHA256.byteCount)
    var length: UInt32 = 0
    // A nil key would tell OpenSSL to go on with an earlier key: an empty array still passes an address.
    let keyBytes = key.isEmpty ? [0] : key
    _ = HMAC(EVP_sha256(), keyBytes, Int32(clamping: key.count), bytes, bytes.count, &code, &length)
    return code
  }

  /// Whether `code` is the code of `bytes`; takes the same time wherever the two differ.
  package static func isValid(_ code: [UInt8], for bytes: [UInt8], key: [UInt8]) -> Bool {
    constantTimeEquals(code, self.code(bytes, key: key))
  }
}

/// Compares secrets in a time that depends on their lengths only.
package func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
