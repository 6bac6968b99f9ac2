import Postgres

/// The chunks of a COPY, each made while the one before it is on its way to the server.
struct ChunksAhead: AsyncSequence {
  typealias Element = [UInt8]

  let count: Int
  /// Appends the rows of one chunk.
  let append: @Sendable (Int, inout CopyEncoder) throws -> Void

  func makeAsyncIterator() -> Iterator { Iterator(chunks: self) }

  struct Iterator: AsyncIteratorProtocol {
    let chunks: ChunksAhead
    private var index = 0
    private var next: Task<(bytes: [UInt8], encoder: CopyEncoder), any Error>?
    private var hasFinished = false

    init(chunks: ChunksAhead) {
      self.chunks = chunks
      next = Self.make(chunks, 0, CopyEncoder())
    }

    mutating func next() async throws -> [UInt8]? {
      guard !hasFinished else { return nil }
      guard let current = next else {
        hasFinished = true
        var encoder = CopyEncoder()
        return encoder.finish()
      }
      let (bytes, encoder) = try await current.value
      index += 1
      next = Self.make(chunks, index, encoder)
      if next == nil {
        hasFinished = true
        var last = encoder
        return bytes + last.finish()
      }
      return bytes
    }

    private static func make(_ chunks: ChunksAhead, _ index: Int, _ encoder: CopyEncoder) -> Task<(bytes: [UInt8], encoder: CopyEncoder), any Error>? {
      guard index < chunks.count else { return nil }
      return Task {
        var encoder = encoder
        try chunks.append(index, &encoder)
        return (encoder.take(), encoder)
      }
    }
  }
}
