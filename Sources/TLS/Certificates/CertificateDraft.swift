import COpenSSL
import Kernel
import OperatingSystem

/// A certificate in the making, with a new P-256 key.
final class CertificateDraft {
  private let certificate: OpaquePointer
  private let key: OpaquePointer
  private var issuer: OpaquePointer

  /// Names itself as its issuer, until ``setIssuer(_:)``. Valid from an hour before `now`, for clocks that lag.
  init(commonName: String, now: Instant, expires: Instant) throws {
    OpenSSLErrors.clear()
    guard let key = steward_EVP_PKEY_new_P256() else { throw Self.failure() }
    guard let certificate = X509_new() else {
      EVP_PKEY_free(key)
      throw Self.failure()
    }
    self.key = key
    self.certificate = certificate
    issuer = certificate
    guard let name = X509_get_subject_name(certificate), X509_set_version(certificate, 2) == 1, X509_set_pubkey(certificate, key) == 1,
      X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, Array("Steward".utf8), 7, -1, 0) == 1,
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, Array(commonName.utf8), Int32(commonName.utf8.count), -1, 0) == 1,
      X509_set_issuer_name(certificate, name) == 1,
      ASN1_TIME_set(X509_getm_notBefore(certificate), time_t(now.seconds - 3600)) != nil,
      ASN1_TIME_set(X509_getm_notAfter(certificate), time_t(expires.seconds)) != nil
    else { throw Self.failure() }
    try setSerial()
  }

  deinit {
    X509_free(certificate)
    EVP_PKEY_free(key)
  }

  /// 126 random bits: unique without a counter to keep, positive, and within the 20 bytes of RFC 5280.
  private func setSerial() throws {
    var bytes = SystemRandom.bytes(16)
    bytes[0] = bytes[0] & 0x3f | 0x40
    guard let number = BN_bin2bn(bytes, Int32(bytes.count), nil) else { throw Self.failure() }
    defer { BN_free(number) }
    guard BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil else { throw Self.failure() }
  }

  func setIssuer(_ identity: CertificateIdentity) throws {
    issuer = identity.certificate
    guard X509_set_issuer_name(certificate, X509_get_subject_name(identity.certificate)) == 1 else { throw Self.failure() }
  }

  func add(_ identifier: Int32, _ value: String) throws {
    var context = X509V3_CTX()
    steward_X509V3_set_ctx(&context, issuer, certificate)
    guard let part = X509V3_EXT_conf_nid(nil, &context, identifier, value) else { throw Self.failure() }
    defer { X509_EXTENSION_free(part) }
    guard X509_add_ext(certificate, part, -1) == 1 else { throw Self.failure() }
  }

  /// Nil: by its own key.
  func sign(by identity: CertificateIdentity?) throws {
    guard X509_sign(certificate, identity?.key ?? key, EVP_sha256()) > 0 else { throw Self.failure() }
  }

  /// The key first: a certificate without its key would be an error at the next start, a key alone is one as well, and
  /// only a crash between the two renames leaves either.
  func write(_ files: ServerCertificates.Files) throws {
    try Self.write(pem { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }, to: files.key, isPrivate: true)
    try Self.write(pem { PEM_write_bio_X509($0, certificate) }, to: files.certificate, isPrivate: false)
  }

  private static func write(_ bytes: [UInt8], to path: String, isPrivate: Bool) throws(CertificateError) {
    do {
      try AtomicFile.write(bytes, to: path, isPrivate: isPrivate)
    } catch {
      throw CertificateError("\(path) cannot be written: \(error)")
    }
  }

  private func pem(_ print: (OpaquePointer) -> Int32) throws -> [UInt8] {
    guard let memory = BIO_new(BIO_s_mem()) else { throw Self.failure() }
    defer { BIO_free(memory) }
    guard print(memory) == 1 else { throw Self.failure() }
    var data: UnsafeMutablePointer<CChar>?
    let length = steward_BIO_get_mem_data(memory, &data)
    guard let data, length > 0 else { throw Self.failure() }
    return Array(UnsafeRawBufferPointer(start: data, count: length))
  }

  private static func failure() -> CertificateError {
    CertificateError("OpenSSL cannot make a certificate: \(OpenSSLErrors.take())")
  }
}
