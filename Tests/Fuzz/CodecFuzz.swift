// Compiled by deploy/fuzz together with the sources of AdminProtocol, as one module.

/// Any bytes, cut in any way, give the same frames; what is read can be written and read again; nothing comes out behind
/// an end; and the decoder never holds more than its limits.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzAdminCodec(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  guard let data, size >= 2 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: data + 2, count: size - 2))
  var limits = CommandDecoder.Limits()
  if data[1] & 1 == 1 {
    // Small ones, so that short inputs reach them.
    limits.lineBytes = 48
    limits.literalBytes = 64
  }
  let budget = data[1] & 2 == 2 ? 96 : nil

  var whole = CommandDecoder(limits: limits, budget: budget)
  whole.feed(bytes)
  let frames = drain(&whole)

  var cut = CommandDecoder(limits: limits, budget: budget)
  var inPieces: [CommandDecoder.Frame] = []
  var rest = bytes[...]
  var seed = data[0]
  while !rest.isEmpty {
    seed = seed &* 73 &+ 41
    let piece = rest.prefix(Int(seed % 7) + 1)
    rest = rest.dropFirst(piece.count)
    cut.feed(piece)
    inPieces += drain(&cut)
    require(cut.pendingByteCount <= limits.lineBytes + 2, "it holds more than a line")
  }
  if budget != nil, case .broken? = frames.last {
    // When the bytes beyond the budget are there already, what stands before them may not be looked at any more.
    require(inPieces.starts(with: frames.dropLast()), "frames depend on how the bytes were cut, before the budget was used up")
    switch inPieces.last {
    case .broken, .malformed(_, _, isFatal: true): break
    default: fail("the budget depends on how the bytes were cut")
    }
  } else {
    require(inPieces == frames, "frames depend on how the bytes were cut")
  }

  for (index, frame) in frames.enumerated() {
    switch frame {
    case .broken, .malformed(_, _, isFatal: true): require(index == frames.count - 1, "something came out behind the end")
    case .malformed: break
    case .command(let command, let byteCount):
      require(byteCount <= limits.lineBytes + limits.literalBytes, "a command beyond the limits")
      require(!command.words.isEmpty && Set(command.arguments.map(\.key)).count == command.arguments.count, "no word, or a key twice")
      for longestQuoted in [4, 200] {
        var again = CommandDecoder()
        again.feed(command.bytes(longestQuoted: longestQuoted))
        guard case .command(command, _)? = again.next(), again.next() == nil, !again.isInsideCommand else {
          // A value of many escapes may not fit into a line once it is quoted.
          if command.bytes(longestQuoted: longestQuoted).count > CommandDecoder.Limits().lineBytes { continue }
          fail("written and read again it is another command")
        }
      }
    }
  }
  return 0
}

private func drain(_ decoder: inout CommandDecoder) -> [CommandDecoder.Frame] {
  var frames: [CommandDecoder.Frame] = []
  while let frame = decoder.next() { frames.append(frame) }
  return frames
}
