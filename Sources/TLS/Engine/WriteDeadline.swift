import NIOCore

/// Closes a connection whose client takes nothing of what is written to it. Stands next to the socket: a write is done
/// when the kernel has taken it, and TLS writes in pieces of some 64 KiB, so that a slow but living client shows
/// progress.
package final class WriteDeadline: ChannelOutboundHandler {
  package typealias OutboundIn = ByteBuffer
  package typealias OutboundOut = ByteBuffer

  private let limit: TimeAmount
  private var pending = 0
  private var progress = NIODeadline.distantPast
  private var task: Scheduled<Void>?

  package init(_ limit: TimeAmount) {
    self.limit = limit
  }

  package func handlerRemoved(context: ChannelHandlerContext) { task?.cancel() }

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if pending == 0 { progress = context.eventLoop.now }
    pending += 1
    let promise = promise ?? context.eventLoop.makePromise()
    let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    promise.futureResult.whenComplete { _ in
      let (handler, context) = loopBound.value
      handler.pending -= 1
      handler.progress = context.eventLoop.now
    }
    context.write(data, promise: promise)
    arm(context, in: limit)
  }

  private func arm(_ context: ChannelHandlerContext, in delay: TimeAmount) {
    guard task == nil else { return }
    let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    task = context.eventLoop.scheduleTask(in: delay) {
      let (handler, context) = loopBound.value
      handler.task = nil
      handler.check(context)
    }
  }

  private func check(_ context: ChannelHandlerContext) {
    guard pending > 0, context.channel.isActive else { return }
    let stalled = context.eventLoop.now - progress
    if stalled >= limit { context.close(promise: nil) } else { arm(context, in: limit - stalled) }
  }
}
