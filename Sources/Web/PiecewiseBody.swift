import HummingbirdCore
import NIOCore

extension ResponseBody {
  /// The most that is handed to a connection at once.
  package static let pieceBytes = 64 << 10

  /// A body that is written piece by piece, the next when the connection takes more: a client that does not read costs
  /// a piece or two, encrypted or not, and not a copy of the whole answer.
  /// - Parameter eventLoop: the connection's. A write only hands over to it; whether the connection takes more is known
  ///   when it has been there.
  package init(inPieces bytes: [UInt8], on eventLoop: any EventLoop) {
    guard bytes.count > Self.pieceBytes else {
      self.init(byteBuffer: ByteBuffer(bytes: bytes))
      return
    }
    self.init(contentLength: bytes.count) { writer in
      for start in stride(from: 0, to: bytes.count, by: Self.pieceBytes) {
        try await writer.write(ByteBuffer(bytes: bytes[start..<min(start + Self.pieceBytes, bytes.count)]))
        try await eventLoop.submit {}.get()
      }
      try await writer.finish(nil)
    }
  }
}
