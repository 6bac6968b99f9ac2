import CLibPQ
import Glibc
import Logging

/// Opens a connection, blocking, on a thread of its own.
enum Handshake {
  /// `@unchecked Sendable`: handed from the connecting thread to the connection's lock and used nowhere else.
  struct Opened: @unchecked Sendable {
    let handle: OpaquePointer
    /// The duplicate of libpq's socket.
    let descriptor: Int32
  }

  static func perform(_ configuration: PostgresConfiguration, _ notices: NoticeSink) -> Result<Opened, PostgresError> {
    guard let handle = start(configuration.connectionParameters) else { return .failure(PostgresError(.connection, message: "out of memory")) }
    // At once: the default receiver prints to standard error. The sink lives in the connection, longer than the handle.
    PQsetNoticeReceiver(handle, { context, result in NoticeSink.receive(context, result) }, Unmanaged.passUnretained(notices).toOpaque())
    // libpq 15 gives no SQLSTATE of a refused connection but in the verbose form of the text.
    PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
    guard waitUntilOpen(handle, ContinuousClock.now.advanced(by: configuration.connectTimeout)) else {
      let failure = error(handle)
      PQfinish(handle)
      return .failure(failure)
    }
    let descriptor = fcntl(PQsocket(handle), F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0, PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
      if descriptor >= 0 { close(descriptor) }
      PQfinish(handle)
      return .failure(PostgresError(.connection, message: "no descriptor"))
    }
    return .success(Opened(handle: handle, descriptor: descriptor))
  }

  private static func start(_ parameters: [(String, String)]) -> OpaquePointer? {
    var keywords = parameters.map { UnsafePointer(strdup($0.0)) }
    var values = parameters.map { UnsafePointer(strdup($0.1)) }
    defer { for copy in keywords + values { free(UnsafeMutablePointer(mutating: copy)) } }
    guard keywords.allSatisfy({ $0 != nil }), values.allSatisfy({ $0 != nil }) else { return nil }
    keywords.append(nil)
    values.append(nil)
    return PQconnectStartParams(keywords, values, 0)
  }

  private static func waitUntilOpen(_ handle: OpaquePointer, _ deadline: ContinuousClock.Instant) -> Bool {
    var polling = PGRES_POLLING_WRITING
    while PQstatus(handle) != CONNECTION_BAD {
      var socket = pollfd(fd: PQsocket(handle), events: Int16(polling == PGRES_POLLING_READING ? POLLIN : POLLOUT), revents: 0)
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { return false }
      let ready = poll(&socket, 1, Int32(clamping: left.milliseconds + 1))
      if ready < 0, errno != EINTR { return false }
      guard ready > 0 else { continue }
      polling = PQconnectPoll(handle)
      if polling == PGRES_POLLING_OK { return true }
      if polling == PGRES_POLLING_FAILED { return false }
    }
    return false
  }

  private static func error(_ handle: OpaquePointer) -> PostgresError {
    let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }
    let last = lines.last.map(String.init) ?? ""
    let message = lines.isEmpty ? "the server did not answer in time" : String(lines.joined(separator: " ").prefix(1000))
    return PostgresError(.connection, sqlState: sqlState(in: last), message: message)
  }

  /// Reads the code out of `... FATAL:  28P01: password authentication failed ...`, whatever the language.
  static func sqlState(in line: some StringProtocol) -> String? {
    let mark = [UInt8](":  ".utf8)
    let bytes = Array(line.utf8)
    guard bytes.count >= 10 else { return nil }
    for start in 0...bytes.count - 9 where bytes[start..<start + 3].elementsEqual(mark) && bytes[start + 8] == UInt8(ascii: ":") {
      let code = bytes[start + 3..<start + 8]
      let isCode = code.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
      if isCode { return String(decoding: code, as: UTF8.self) }
    }
    return nil
  }
}

/// Takes the server's notices to the log.
final class NoticeSink: Sendable {
  private let logger: Logger

  init(_ logger: Logger) {
    self.logger = logger
  }

  static func receive(_ context: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {
    guard let context, let result else { return }
    let sink = Unmanaged<NoticeSink>.fromOpaque(context).takeUnretainedValue()
    let sqlState = QueryResult.diagnostic(of: result, "C") ?? ""
    let text = PostgresError.withoutValues(QueryResult.diagnostic(of: result, "M") ?? "", sqlState: sqlState)
    sink.logger.debug("postgres notice", metadata: ["sqlstate": .string(sqlState), "notice": .string(text)])
  }
}

extension Duration {
  /// Rounded down, saturating.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    return overflow ? (seconds < 0 ? .min : .max) : product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).partialValue
  }
}
