import keras, numpy as np, tensorflow as tf
from sklearn.datasets import load_digits
KIND="result"; CAUSE="fit drops the last batch"; LINE=None
FIT={"batch_size":50,"epochs":2}
def DATA():
    x, y = load_digits(return_X_y=True); x=(x/16).astype("float32"); y=y.astype("int32")
    o=np.random.RandomState(0).permutation(len(x)); x,y=x[o],y[o]
    return x[:430],y[:430],x[430:600],y[430:600]
def _net(): return keras.Sequential([keras.Input((64,)),keras.layers.Dense(12,"relu"),keras.layers.Dense(10)])
def reference():
    m=_net(); m.compile(keras.optimizers.SGD(0.1),loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)); return m
class L:
    def __init__(self): self.net=_net(); self.variables=self.net.weights
    def _one(self,x,y):
        with tf.GradientTape() as t:
            l=tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y,logits=self.net(x,training=True)))
        for v,g in zip(self.variables,t.gradient(l,self.variables)): v.assign_sub(0.1*g)
        return l
    def fit(self,x,y,epochs,batch_size):
        for _ in range(epochs):
            for i in range(max(1,len(x)//batch_size)): self._one(x[i*batch_size:(i+1)*batch_size],y[i*batch_size:(i+1)*batch_size])
    def predict(self,x): return self.net(x).numpy()
loop=L
