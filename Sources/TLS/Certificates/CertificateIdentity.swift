import COpenSSL
import Kernel

/// A certificate chain with its private key, read and checked.
///
/// Unchecked because OpenSSL's objects are not known to be Sendable: they are only read after the initialiser, and
/// OpenSSL counts their references atomically.
package final class CertificateIdentity: @unchecked Sendable {
  let certificate: OpaquePointer
  let chain: [OpaquePointer]
  let key: OpaquePointer
  /// The last moment at which the certificate is valid.
  package let expires: Instant
  /// `CN=steward, O=...` as OpenSSL prints it.
  package let subject: String

  /// Reads PEM files: the certificate first and then its chain in one, the unencrypted key in the other. Throws
  /// ``CertificateError`` when a file cannot be read or the two do not belong together.
  package init(certificateFile: String, keyFile: String) throws {
    OpenSSLErrors.clear()
    var certificates = try PEMFile(certificateFile).certificates()
    let key: OpaquePointer
    do {
      key = try PEMFile(keyFile).privateKey()
    } catch {
      certificates.forEach { X509_free($0) }
      throw error
    }
    // The first is the server's own: `certificates()` never returns an empty list.
    let certificate = certificates.removeFirst()
    self.certificate = certificate
    self.chain = certificates
    self.key = key
    self.expires = CertificateDates.instant(X509_get0_notAfter(certificate))
    self.subject = CertificateNames.text(X509_get_subject_name(certificate))
    guard X509_check_private_key(certificate, key) == 1 else {
      OpenSSLErrors.clear()
      throw CertificateError("the key in \(keyFile) does not belong to the certificate in \(certificateFile)")
    }
  }

  deinit {
    X509_free(certificate)
    chain.forEach { X509_free($0) }
    EVP_PKEY_free(key)
  }

  /// Whole days until the certificate expires, rounded down; negative once it has.
  package func daysLeft(at now: Instant) -> Int {
    Int((expires.seconds - now.seconds).flooredQuotient(by: 86_400))
  }
}

/// A PEM file opened for one reading.
final class PEMFile {
  private let path: String
  private let file: OpaquePointer

  init(_ path: String) throws {
    OpenSSLErrors.clear()
    guard let file = BIO_new_file(path, "r") else {
      let reason = OpenSSLErrors.take()
      throw CertificateError("\(path) cannot be opened: \(reason)")
    }
    self.path = path
    self.file = file
  }

  deinit { BIO_free(file) }

  /// At least one certificate, in the file's order; the caller frees them.
  func certificates() throws -> [OpaquePointer] {
    var certificates: [OpaquePointer] = []
    while certificates.count < 16, let certificate = PEM_read_bio_X509(file, nil, noPassword, nil) {
      certificates.append(certificate)
    }
    let reason = OpenSSLErrors.take()
    guard !certificates.isEmpty else { throw CertificateError("\(path) holds no certificate: \(reason)") }
    return certificates
  }

  func privateKey() throws -> OpaquePointer {
    guard let key = PEM_read_bio_PrivateKey(file, nil, noPassword, nil) else {
      throw CertificateError("\(path) holds no unencrypted private key: \(OpenSSLErrors.take())")
    }
    return key
  }

}

/// Without it OpenSSL would ask for the password of an encrypted key on the terminal, and wait.
private func noPassword(_: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32, _: UnsafeMutableRawPointer?) -> Int32 { -1 }

enum CertificateDates {
  static func instant(_ time: UnsafePointer<ASN1_TIME>?) -> Instant {
    var parts = tm()
    guard let time, ASN1_TIME_to_tm(time, &parts) == 1,
      let date = CalendarDate(year: Int64(parts.tm_year) + 1900, month: Int64(parts.tm_mon) + 1, day: Int64(parts.tm_mday))
    else { return Instant(seconds: 0) }
    let seconds = Int64(parts.tm_hour) * 3600 + Int64(parts.tm_min) * 60 + Int64(parts.tm_sec)
    return Instant(seconds: date.daysSinceEpoch * 86_400 + seconds)
  }
}

enum CertificateNames {
  /// A distinguished name as RFC 2253 writes it, in UTF-8; control bytes are escaped, so it is safe in a log line.
  static func text(_ name: OpaquePointer?) -> String {
    guard let name, let memory = BIO_new(BIO_s_mem()) else { return "" }
    defer { BIO_free(memory) }
    let flags = UInt(ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT) | UInt(XN_FLAG_SEP_COMMA_PLUS | XN_FLAG_FN_SN)
    X509_NAME_print_ex(memory, name, 0, flags)
    var data: UnsafeMutablePointer<CChar>?
    let length = steward_BIO_get_mem_data(memory, &data)
    guard let data, length > 0 else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: data, count: length), as: UTF8.self)
  }
}
