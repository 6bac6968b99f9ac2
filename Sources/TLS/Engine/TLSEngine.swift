import COpenSSL
import NIOCore

/// One TLS connection without any I/O: ciphertext in, plaintext out and the other way round. OpenSSL reads from the
/// caller's buffer and writes into ours through a BIO of our own, so nothing is copied twice. Used on one event loop.
final class TLSEngine {
  enum Step {
    /// More ciphertext is needed.
    case wantsMore
    /// The peer sent its close_notify: nothing more is to come.
    case ended
    case failed(String)
  }

  let ssl: OpaquePointer
  /// Keeps what OpenSSL's context points to.
  private let context: TLSContext
  /// The ciphertext of the call under way, and how much of it OpenSSL has taken.
  private var input: UnsafeRawBufferPointer = .init(start: nil, count: 0)
  private var taken = 0
  /// The ciphertext that OpenSSL has produced and nobody has collected yet.
  private var output = ByteBuffer()

  /// `serverName` is what a client verifies the server's certificate against, a host name or an address.
  init(_ context: TLSContext, serverName: String? = nil) throws {
    OpenSSLErrors.clear()
    guard let method = Self.method, let ssl = SSL_new(context.pointer) else {
      throw TLSError.handshakeFailed("OpenSSL gives no connection: \(OpenSSLErrors.take())")
    }
    guard let bio = BIO_new(method) else {
      SSL_free(ssl)
      throw TLSError.handshakeFailed("OpenSSL gives no BIO: \(OpenSSLErrors.take())")
    }
    self.ssl = ssl
    self.context = context
    BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
    SSL_set_bio(ssl, bio, bio)
    switch context.role {
    case .server:
      SSL_set_accept_state(ssl)
    case .client:
      SSL_set_connect_state(ssl)
      guard let serverName, Self.expect(serverName, ssl) else {
        // `self` is initialised, so deinit frees both.
        throw TLSError.handshakeFailed("a client needs the name of its server")
      }
    }
  }

  deinit { SSL_free(ssl) }

  var isHandshakeComplete: Bool { SSL_is_init_finished(ssl) == 1 }

  /// Takes ciphertext until all of it is used; returns the step and appends plaintext to `plaintext`.
  func receive(_ ciphertext: ByteBuffer, into plaintext: inout ByteBuffer) -> Step {
    ciphertext.withUnsafeReadableBytes { bytes in
      input = bytes
      taken = 0
      defer { input = .init(start: nil, count: 0) }
      if !isHandshakeComplete {
        let step = handshake()
        guard isHandshakeComplete else { return step }
      }
      return read(into: &plaintext)
    }
  }

  /// A client's first move. Also what a server does with the bytes of the handshake.
  func handshake() -> Step {
    OpenSSLErrors.clear()
    return step(SSL_do_handshake(ssl))
  }

  private func read(into plaintext: inout ByteBuffer) -> Step {
    while true {
      OpenSSLErrors.clear()
      var count = 0
      var result: Int32 = 0
      // What is left of the input bounds what is left to come, but for the rest of a record that arrived earlier.
      let room = max(min(input.count - taken, 1 << 16), 1 << 12)
      plaintext.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
        result = SSL_read_ex(ssl, target.baseAddress, target.count, &count)
        return result == 1 ? count : 0
      }
      if result != 1 { return step(result) }
    }
  }

  /// Encrypts all of it. False once the connection cannot carry it any more.
  func send(_ plaintext: UnsafeRawBufferPointer) -> Bool {
    var sent = 0
    while sent < plaintext.count {
      OpenSSLErrors.clear()
      var count = 0
      let rest = UnsafeRawBufferPointer(rebasing: plaintext[sent...])
      guard SSL_write_ex(ssl, rest.baseAddress, rest.count, &count) == 1, count > 0 else {
        OpenSSLErrors.clear()
        return false
      }
      sent += count
    }
    return true
  }

  /// Queues our close_notify.
  func sendCloseNotify() {
    guard isHandshakeComplete else { return }
    OpenSSLErrors.clear()
    SSL_shutdown(ssl)
    OpenSSLErrors.clear()
  }

  /// The ciphertext to be written to the peer; nil if there is none.
  func takeOutput(_ allocator: ByteBufferAllocator) -> ByteBuffer? {
    guard output.readableBytes > 0 else { return nil }
    let taken = output
    output = ByteBuffer()
    return taken
  }

  /// Room for what is about to be encrypted, so that the buffer does not grow piece by piece.
  func reserveOutput(_ byteCount: Int, _ allocator: ByteBufferAllocator) {
    if output.capacity == 0 { output = allocator.buffer(capacity: byteCount) } else { output.reserveCapacity(minimumWritableBytes: byteCount) }
  }

  var negotiatedProtocol: String? {
    var name: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    SSL_get0_alpn_selected(ssl, &name, &length)
    guard let name, length > 0 else { return nil }
    return String(decoding: UnsafeBufferPointer(start: name, count: Int(length)), as: UTF8.self)
  }

  /// The peer's verified certificate; nil if it showed none.
  var peerCertificate: PeerCertificate? {
    guard let certificate = SSL_get1_peer_certificate(ssl) else { return nil }
    defer { X509_free(certificate) }
    guard SSL_get_verify_result(ssl) == X509_V_OK else { return nil }
    var fingerprint = [UInt8](repeating: 0, count: SHA256.byteCount)
    guard X509_digest(certificate, EVP_sha256(), &fingerprint, nil) == 1 else { return nil }
    return PeerCertificate(subject: CertificateNames.text(X509_get_subject_name(certificate)), fingerprint: fingerprint)
  }

  var version: String { String(cString: SSL_get_version(ssl)) }

  private func step(_ result: Int32) -> Step {
    if result == 1 { return .wantsMore }
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .wantsMore
    case SSL_ERROR_ZERO_RETURN: return .ended
    default:
      let verification = SSL_get_verify_result(ssl)
      var reason = OpenSSLErrors.take()
      if verification != X509_V_OK { reason += ": " + String(cString: X509_verify_cert_error_string(verification)) }
      return .failed(reason)
    }
  }

  /// Verify-full: the chain is the context's business, the name is ours. SNI carries names only, never addresses.
  private static func expect(_ serverName: String, _ ssl: OpaquePointer) -> Bool {
    let parameters = SSL_get0_param(ssl)
    if X509_VERIFY_PARAM_set1_ip_asc(parameters, serverName) == 1 { return true }
    OpenSSLErrors.clear()
    SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
    return !serverName.isEmpty && SSL_set1_host(ssl, serverName) == 1 && steward_SSL_set_tlsext_host_name(ssl, serverName) == 1
  }

  /// The BIO's functions, made once for the process. Unsafe only in that the compiler cannot see that it is never
  /// written again.
  nonisolated(unsafe) private static let method: OpaquePointer? = {
    guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "steward") else { return nil }
    BIO_meth_set_create(method) { bio in
      BIO_set_init(bio, 1)
      return 1
    }
    BIO_meth_set_read(method) { bio, target, length in
      guard let bio, let target, length > 0, let data = BIO_get_data(bio) else { return -1 }
      return Unmanaged<TLSEngine>.fromOpaque(data).takeUnretainedValue().bioRead(bio, target, Int(length))
    }
    BIO_meth_set_write(method) { bio, source, length in
      guard let bio, let source, length > 0, let data = BIO_get_data(bio) else { return -1 }
      Unmanaged<TLSEngine>.fromOpaque(data).takeUnretainedValue().output.writeBytes(UnsafeRawBufferPointer(start: source, count: Int(length)))
      return length
    }
    BIO_meth_set_ctrl(method) { _, command, _, _ in
      // Nothing is held back in the BIO, so a flush has always succeeded; the other commands do not apply.
      command == BIO_CTRL_FLUSH ? 1 : 0
    }
    return method
  }()

  private func bioRead(_ bio: OpaquePointer, _ target: UnsafeMutablePointer<CChar>, _ length: Int) -> Int32 {
    BIO_clear_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_IO_SPECIAL | BIO_FLAGS_SHOULD_RETRY)
    let count = min(length, input.count - taken)
    guard count > 0, let base = input.baseAddress else {
      BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
      return -1
    }
    UnsafeMutableRawPointer(target).copyMemory(from: base + taken, byteCount: count)
    taken += count
    return Int32(clamping: count)
  }
}
