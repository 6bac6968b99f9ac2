import COpenSSL

extension SHA256 {
  /// A digest of what comes in pieces: a file that is not held in memory whole.
  package final class Stream {
    private let context: OpaquePointer?
    private var isGood: Bool

    package init() {
      context = EVP_MD_CTX_new()
      isGood = context != nil && EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
    }

    deinit { EVP_MD_CTX_free(context) }

    package func update(_ bytes: UnsafeRawBufferPointer) {
      guard isGood, let base = bytes.baseAddress, !bytes.isEmpty else { return }
      isGood = EVP_DigestUpdate(context, base, bytes.count) == 1
    }

    /// The 32 bytes of the digest; nil when OpenSSL had no memory. The stream takes nothing more.
    package func finish() -> [UInt8]? {
      var digest = [UInt8](repeating: 0, count: SHA256.byteCount)
      guard isGood, EVP_DigestFinal_ex(context, &digest, nil) == 1 else { return nil }
      isGood = false
      return digest
    }
  }
}
