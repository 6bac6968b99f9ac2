import Foundation
import Kernel
import NIOCore
import NIOPosix
import TLS

/// Where the admin protocol is spoken.
enum AdminAddress: Sendable {
  case socket(String)
  case tls(host: String, port: Int, context: TLSContext)

  var name: String {
    switch self {
    case .socket(let path): path
    case .tls(let host, let port, _): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
  }
}

/// One line of a reply: `tag code payload` (docs/admin-protocol.md).
struct AdminReplyLine: Sendable {
  let tag: String
  let code: Int
  let payload: String

  /// Data: more lines of the same reply follow.
  var isData: Bool { code / 100 == 1 }
  var isDone: Bool { code / 100 == 2 }

  /// Nil if it is not a line of the protocol.
  init?(_ line: String) {
    let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, !parts[0].isEmpty, parts[1].utf8.count == 3, let code = Int(parts[1]), (100...799).contains(code) else { return nil }
    tag = String(parts[0])
    self.code = code
    payload = parts.count == 3 ? String(parts[2]) : ""
  }
}

/// A connection of the `steward admin` client. It sends bytes as they are and gives replies line by line.
struct AdminConnection {
  private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  private var lines: Lines

  /// Connects, runs `body`, closes. Throws ``Failure`` when nobody is there, or the connection breaks.
  static func open(_ address: AdminAddress, _ body: (inout AdminConnection) async throws -> Void) async throws {
    let channel = try await connect(address)
    do {
      try await channel.executeThenClose { inbound, outbound in
        var connection = AdminConnection(outbound: outbound, lines: Lines(inbound.makeAsyncIterator()))
        try await body(&connection)
      }
    } catch let error as TLSError {
      throw Failure(.busy, CommandMessages.adminBroken, ["address": address.name, "reason": "\(error)"])
    } catch let error as ChannelError {
      throw Failure(.busy, CommandMessages.adminBroken, ["address": address.name, "reason": "\(error)"])
    } catch let error as IOError {
      throw Failure(.busy, CommandMessages.adminBroken, ["address": address.name, "reason": reason(of: error)])
    }
  }

  mutating func send(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

  /// The next line; nil when the server has closed.
  mutating func next() async throws -> AdminReplyLine? {
    guard let line = try await lines.next() else { return nil }
    guard let reply = AdminReplyLine(line) else { throw Failure(.internal, CommandMessages.adminNotSpoken) }
    return reply
  }

  private static func connect(_ address: AdminAddress) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
    let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(.seconds(10))
    do {
      switch address {
      case .socket(let path):
        return try await bootstrap.connect(unixDomainSocketPath: path) { channel in
          channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
        }
      case .tls(let host, let port, let context):
        return try await bootstrap.connect(host: host, port: port) { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(TLSHandler(client: context, serverName: host))
            return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
          }
        }
      }
    } catch let error as Failure {
      throw error
    } catch {
      throw Failure(.busy, CommandMessages.adminUnreachable, ["address": address.name, "reason": reason(of: error)])
    }
  }

  private static func reason(of error: any Error) -> String {
    if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
    if let error = error as? NIOConnectionError, let first = error.connectionErrors.first { return reason(of: first.error) }
    return "\(error)"
  }

  /// Cuts what arrives into lines.
  private struct Lines {
    /// Far more than a page of rows needs in one line; a server that sends more without an end is not one of ours.
    private static let longest = 1 << 24

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var buffer = ByteBuffer()
    /// How far into the buffer there is no end of a line.
    private var searched = 0

    init(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) { self.inbound = inbound }

    mutating func next() async throws -> String? {
      while true {
        let view = buffer.readableBytesView
        if let end = view.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) {
          let bytes = view[..<end]
          let line = String(decoding: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes, as: UTF8.self)
          buffer.moveReaderIndex(to: end + 1)
          searched = 0
          return line
        }
        searched = view.count
        guard searched < Self.longest else { throw Failure(.internal, CommandMessages.adminNotSpoken) }
        buffer.discardReadBytes()
        guard var more = try await inbound.next() else { return nil }
        buffer.writeBuffer(&more)
      }
    }
  }
}
